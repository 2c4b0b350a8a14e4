"""Solar neutrino sources: spectra, total fluxes, flavour conversion, and the flux moments of the rates."""
