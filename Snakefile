include: "workflow/Snakefile"


# An included file never sets the default target, so the entry point names it.
rule default:
    default_target: True
    input:
        rules.all.input,
