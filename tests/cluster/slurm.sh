#!/usr/bin/env bash
# A real SLURM on this host alone: loopback, no systemd, nothing outside the folder $SLURM_FOLDER.
#   slurm.sh install [--accounting]   Debian packages (root): slurm-wlm munge (slurmdbd mariadb-server)
#   slurm.sh start [--accounting]     munged (mariadbd slurmdbd) slurmctld and one slurmd a node
#   slurm.sh stop | env               env: what a shell needs to speak to this cluster
#   slurm.sh controller stop|start    slurmctld alone
set -euo pipefail
ACTION=${1:-help}
ACCOUNTING=${2:-}
PORT=${SLURM_PORT:-16817}
NODES=${SLURM_NODES:-2}
CPUS=${SLURM_CPUS:-2}
MEMORY_MB=${SLURM_MEMORY_MB:-$(awk '/^MemTotal/ { print int($2 / 1024 * 0.4) }' /proc/meminfo)}
PATH=$PATH:/usr/sbin:/sbin

fail() { echo "slurm.sh: $*" >&2; exit 1; }

packages() {
    echo slurm-wlm munge
    [ "$ACCOUNTING" != --accounting ] || echo slurmdbd mariadb-server
}

install_packages() {
    local missing
    missing=$(for package in $(packages); do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
    done)
    [ -n "$missing" ] || return 0
    # the packages' own daemons are not wanted: a policy of 101 forbids package scripts to start any
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

install() {
    command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || {
        command -v slurmctld >/dev/null && command -v munged >/dev/null && return 0
        fail "this is no Debian: install SLURM (slurmctld, slurmd, sbatch) and munge, then start again"
    }
    command -v slurmctld >/dev/null && command -v munged >/dev/null && [ -z "$ACCOUNTING" ] && return 0
    [ "$(id -u)" = 0 ] || fail "the packages $(packages | xargs) are installed as root: sudo $0 install $ACCOUNTING"
    install_packages
}

node_names() { seq -f 'node%g' "$NODES"; }

daemon_settings() {
    cat <<END
ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
SlurmctldPort=$PORT
AuthType=auth/munge
AuthInfo=socket=$FOLDER/munge/socket
CredType=cred/munge
StateSaveLocation=$FOLDER/state
SlurmdSpoolDir=$FOLDER/spool/%n
SlurmctldPidFile=$FOLDER/run/slurmctld.pid
SlurmdPidFile=$FOLDER/run/slurmd-%n.pid
SlurmctldLogFile=$FOLDER/log/slurmctld.log
SlurmdLogFile=$FOLDER/log/slurmd-%n.log
MailProg=/bin/true
MpiDefault=none
SwitchType=switch/none
ReturnToService=1
SlurmctldTimeout=30
SlurmdTimeout=60
KillWait=5
# squeue must know finished jobs for longer than Snakemake waits between two looks
MinJobAge=300
END
}

# No cgroups: they need rights that a container does not have. Memory is watched by polling instead.
job_settings() {
    cat <<END
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=0,sched_interval=2,bf_interval=2,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=500
END
}

node_settings() {
    local number
    for number in $(seq "$NODES"); do
        echo "NodeName=node$number NodeHostname=localhost NodeAddr=127.0.0.1 Port=$((PORT + number))" \
            "CPUs=$CPUS RealMemory=$MEMORY_MB State=UNKNOWN"
    done
    echo "PartitionName=short Nodes=ALL Default=YES MaxTime=04:00:00 State=UP"
    echo "PartitionName=long Nodes=ALL MaxTime=INFINITE State=UP"
}

accounting_settings() {
    cat <<END
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$((PORT + 8))
AccountingStoragePass=$FOLDER/munge/socket
END
    (umask 077; cat > "$FOLDER/etc/slurmdbd.conf") <<END
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=$((PORT + 8))
SlurmUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$FOLDER/munge/socket
LogFile=$FOLDER/log/slurmdbd.log
PidFile=$FOLDER/run/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=$((PORT + 9))
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_acct_db
END
}

write_settings() {
    mkdir -p "$FOLDER"/{etc,run,log,state,munge,bin}
    for node in $(node_names); do mkdir -p "$FOLDER/spool/$node"; done
    # munged refuses a socket in a folder that others cannot enter
    chmod 0755 "$FOLDER" "$FOLDER/munge" "$FOLDER/run"
    chmod 0700 "$FOLDER/state"
    [ -s "$FOLDER/munge/key" ] || (umask 077; head -c 1024 /dev/urandom > "$FOLDER/munge/key")
    {
        daemon_settings; job_settings; node_settings
        [ "$ACCOUNTING" != --accounting ] || accounting_settings
    } > "$SLURM_CONF"
    # slurmd loads a cgroup plugin whatever tracks the processes; that of v1 touches nothing until it is used
    echo "CgroupPlugin=cgroup/v1" > "$FOLDER/etc/cgroup.conf"
    # the executor takes every SLURM_* out of the environment before it calls srun
    printf '#!/bin/sh\nSLURM_CONF=%s exec %s "$@"\n' "$SLURM_CONF" "$(command -v srun)" > "$FOLDER/bin/srun"
    chmod +x "$FOLDER/bin/srun"
}

wait_for() { # SECONDS WHAT COMMAND...
    local seconds=$1 what=$2
    shift 2
    for _ in $(seq $((seconds * 5))); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.2
    done
    tail -n 20 "$FOLDER"/log/*.log >&2 || true
    fail "$what did not come up in $seconds s"
}

start_database() {
    local data=$FOLDER/sql user
    user=$([ "$(id -u)" = 0 ] && echo mysql || id -un)
    if [ ! -d "$data/mysql" ]; then
        mkdir -p "$data"
        chown "$user": "$data"
        mariadb-install-db --user="$user" --datadir="$data" --skip-test-db > "$FOLDER/log/sql-install.log" 2>&1 ||
            fail "no database was made, see $FOLDER/log/sql-install.log"
    fi
    mariadbd --no-defaults --user="$user" --datadir="$data" --socket="$data/socket" --port=$((PORT + 9)) \
        --bind-address=127.0.0.1 --pid-file="$data/pid" --innodb-buffer-pool-size=64M \
        --innodb-lock-wait-timeout=900 --innodb-use-native-aio=0 > "$FOLDER/log/sql.log" 2>&1 &
    echo $! > "$FOLDER/run/mariadbd.pid"
    wait_for 30 mariadbd mariadb -S "$data/socket" -e 'select 1'
    mariadb -S "$data/socket" -e "CREATE DATABASE IF NOT EXISTS slurm_acct_db;
        CREATE USER IF NOT EXISTS slurm@'127.0.0.1' IDENTIFIED BY 'slurm';
        CREATE USER IF NOT EXISTS slurm@'localhost' IDENTIFIED BY 'slurm';
        GRANT ALL ON slurm_acct_db.* TO slurm@'127.0.0.1'; GRANT ALL ON slurm_acct_db.* TO slurm@'localhost';"
}

start_accounting() {
    start_database
    slurmdbd
    wait_for 30 slurmdbd sacctmgr -n -i list cluster
    sacctmgr -i add cluster test >/dev/null || true
    sacctmgr -i add account physics Description=physics Organization=physics >/dev/null || true
    sacctmgr -i add user "$(id -un)" Account=physics >/dev/null || true
}

idle_nodes() { [ "$(sinfo -h -N -p short -o %T | grep -c '^idle')" = "$NODES" ]; }

start_controller() {
    slurmctld
    wait_for 20 slurmctld scontrol ping
}

start() {
    stop
    write_settings
    munged --force --key-file="$FOLDER/munge/key" --socket="$FOLDER/munge/socket" \
        --pid-file="$FOLDER/run/munged.pid" --log-file="$FOLDER/log/munged.log" --seed-file="$FOLDER/munge/seed"
    wait_for 10 munged munge -n --socket="$FOLDER/munge/socket"
    [ "$ACCOUNTING" != --accounting ] || start_accounting
    start_controller
    for node in $(node_names); do slurmd -N "$node"; done
    wait_for 30 slurmd idle_nodes
}

stop_daemon() { # NAME
    local file=$FOLDER/run/$1.pid pid
    [ -s "$file" ] || return 0
    pid=$(cat "$file")
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    rm -f "$file"
}

stop() {
    for file in "$FOLDER"/run/slurmd-*.pid; do stop_daemon "$(basename "$file" .pid)"; done
    for name in slurmctld slurmdbd mariadbd munged; do stop_daemon "$name"; done
}

case $ACTION in
    install) install; exit ;;
    start | stop | env | controller) FOLDER=${SLURM_FOLDER:?name a folder for the cluster} ;;
    *) sed -n '2,6p' "$0"; exit 2 ;;
esac
export SLURM_CONF=$FOLDER/etc/slurm.conf
case $ACTION in
    start) start ;;
    stop) stop ;;
    env) echo "export SLURM_CONF=$SLURM_CONF PATH=$FOLDER/bin:$PATH" ;;
    controller) case ${2:-} in stop) stop_daemon slurmctld ;; start) start_controller ;; esac ;;
esac
