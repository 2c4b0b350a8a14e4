"""Photodisintegration of requested points. Runs in an environment of its own, because ACROPOLIS is under the GPL-3.

    python acropolis_run.py REQUEST.json ANSWER.json

Takes and gives plain numbers: nothing of this project is imported beside ACROPOLIS. A request without a history takes
that of the standard model which comes with ACROPOLIS.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from acropolis import flags
from acropolis.input import InputData, InputInterface, input_data_from_file, locate_sm_file
from acropolis.models import DecayModel


def data_of(request: dict, standard: InputData) -> InputData:
    """Return the history and the nuclei of a request, in the form of ACROPOLIS."""
    if request["history"] is None:
        return standard
    columns = standard.get_abund_data().reshape(9, -1).shape[1]
    abundances = np.repeat(np.array(request["nuclei"])[:, None], columns, axis=1)
    parameters = np.array([("eta", request["baryons_per_photon"])], dtype="U3,f8")
    return InputData(np.array(request["history"]), abundances, parameters)


def nuclei_after(request: dict, standard: InputData) -> list:
    """Return n_i/n_b after the decays, unstable nuclei decayed."""
    model = DecayModel(
        request["M_N_MeV"],
        request["tau_N_s"],
        request["T_0_MeV"],
        request["n_N_per_photon"],
        0.0,
        request["branching_to_photons"],
    )
    # DecayModel has no argument for a history of one's own
    model._sII = InputInterface(data_of(request, standard), type="raw")
    model._st0 = model._sII.time(request["T_0_MeV"])
    # its range of temperatures follows the lifetime, which the history gives another temperature than the standard one
    model._sTrg = model._temperature_range()
    final = model.run_disintegration()
    if final is None:
        raise ValueError("ACROPOLIS gave no abundances")
    nuclei = [float(value) for value in np.asarray(final)[:, 0]]
    if not np.isfinite(nuclei).all():
        raise ValueError("ACROPOLIS gave abundances that are not finite")
    return nuclei


def answer_to(request: dict, standard: InputData) -> dict:
    """Return nuclei and status: whatever ACROPOLIS raises makes a flagged point, no lost run."""
    try:
        return {"nuclei": nuclei_after(request, standard), "status": "ok"}
    except Exception as error:
        return {"nuclei": None, "status": f"{type(error).__name__}: {error}"}


def main(request_path: str, answer_path: str) -> None:
    flags.verbose = False
    standard = input_data_from_file(locate_sm_file())
    requests = json.loads(Path(request_path).read_text(encoding="utf-8"))
    answers = []
    for number, request in enumerate(requests):
        start = time.perf_counter()
        answers.append(answer_to(request, standard))
        print(f"{number + 1} of {len(requests)} points, {time.perf_counter() - start:.1f} s", flush=True)
    Path(answer_path).write_text(json.dumps(answers), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
