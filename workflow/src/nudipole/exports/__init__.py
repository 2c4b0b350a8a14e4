"""What others take away: curves as CSV, a HEPData submission, and the BibTeX entries of what they rest on."""
