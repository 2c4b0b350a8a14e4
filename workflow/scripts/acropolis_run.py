"""Photodisintegration of requested points by ACROPOLIS; runs in an environment that holds ACROPOLIS (GPL-3) alone.

    python acropolis_run.py REQUEST.json ANSWER.json

Takes and gives plain numbers, so that nothing of this project is imported beside it.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from acropolis import flags
from acropolis.input import InputData, InputInterface, input_data_from_file, locate_sm_file
from acropolis.models import DecayModel


def nuclei_after(request: dict, standard: InputData) -> list:
    """Return n_i/n_b after the decays, unstable nuclei decayed."""
    columns = standard.get_abund_data().reshape(9, -1).shape[1]
    abundances = np.repeat(np.array(request["nuclei"])[:, None], columns, axis=1)
    data = InputData(np.array(request["history"]), abundances, standard.get_param_data())
    model = DecayModel(
        request["M_N_MeV"],
        request["tau_N_s"],
        request["T_0_MeV"],
        request["n_N_per_photon"],
        0.0,
        request["branching_to_photons"],
    )
    # DecayModel has no argument for a history of one's own
    model._sII = InputInterface(data, type="raw")
    model._st0 = model._sII.time(request["T_0_MeV"])
    final = model.run_disintegration()
    if final is None:
        raise ValueError("ACROPOLIS gave no abundances")
    return [float(value) for value in np.asarray(final)[:, 0]]


def main(request_path: str, answer_path: str) -> None:
    flags.verbose = False
    standard = input_data_from_file(locate_sm_file())
    requests = json.loads(Path(request_path).read_text(encoding="utf-8"))
    answers = []
    for number, request in enumerate(requests):
        start = time.perf_counter()
        try:
            answers.append({"nuclei": nuclei_after(request, standard), "status": "ok"})
        except Exception as error:  # whatever ACROPOLIS raises makes a flagged point, no lost run
            answers.append({"nuclei": None, "status": f"{type(error).__name__}: {error}"})
        print(f"{number + 1} of {len(requests)} points, {time.perf_counter() - start:.1f} s", flush=True)
    Path(answer_path).write_text(json.dumps(answers), encoding="utf-8")


main(*sys.argv[1:])
