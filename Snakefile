include: "workflow/Snakefile"


# An included file never sets the default target, so the entry point names it.
rule default:
    default_target: True
    input:
        rules.all.input,
    message:
        "All results are up to date; results/manifest.json lists them"
