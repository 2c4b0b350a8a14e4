"""Where a result comes from: table metadata, digests of code and configuration, job logs, storage checks."""
