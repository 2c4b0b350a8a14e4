"""The project's own tables: catalogue, contract, bundled copies and the providers' originals."""
