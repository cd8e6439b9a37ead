"""`reconciler fmt`."""

import click

from reconciler.cli import options
from reconciler.cli.surroundings import surroundings
from reconciler.cli.terminal import tell, wants_color
from reconciler.desired.resolve import GroupDocument
from reconciler.errors import DesiredError, ExitCode, UsageError
from reconciler.pull.fmt import formatted
from reconciler.render.diff import file_diff
from reconciler.text import count
from reconciler.workspace.writing import write_file


@click.command(
    cls=options.Exemplified,
    examples={
        "reconciler fmt": "all group files",
        "reconciler fmt --diff microsoft/recall": "show what it would change in one",
        "reconciler fmt --check": "for CI: write nothing, exit 2 if a file is not laid out so",
    },
)
@options.selectors
@click.option("--check", is_flag=True, help="Write nothing, and exit 2 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing, and show what would change.")
@options.color
def command(selectors: tuple[str, ...], *, check: bool, diff: bool, color: str) -> int:
    """Lay group files out in the one way in which `pull` writes new ones.

    Keys are in the order of the schema, times have seconds, quotes are only where text needs them,
    and an action stands on one line. Comments stay with what they speak of, and a file means what
    it meant. Needs no network and no secrets.

    Exits 0; 1 when a file is wrong or cannot be written; with --check 2 when one would change.
    """
    workspace = surroundings().workspace()
    checked = workspace.check(selectors)
    tell(checked.notes)
    # What a file does to people does not keep it from being laid out.
    wrong = [one for one in checked.findings if one.severity == "error" and one.key is None]
    if wrong:
        raise DesiredError(wrong)
    changed, failed = 0, False
    for source in checked.documents:
        name, text = source.place.name, source.document.text
        if name not in checked.files:
            continue
        try:
            laid = laid_out_anew(source)
            if laid != text and not (check or diff):
                write_file(workspace.root, name, text, laid)
        except UsageError as error:
            failed = True
            tell([f"error: {error.message}", f"  {error.remedy}"])
            continue
        if laid != text:
            changed += 1
            shown = file_diff(name, text, laid, color=wants_color(color)) if diff else name
            click.echo(shown, color=True)
    verb = "would change" if check or diff else "changed"
    click.echo(f"{count(changed, 'file')} of {len(checked.files)} {verb}.", err=True)
    if failed:
        return ExitCode.ERROR
    return ExitCode.CHANGES if check and changed else ExitCode.DONE


def laid_out_anew(source: GroupDocument) -> str:
    """Return a file's text in the one layout; raises UsageError if it would mean another thing."""
    laid = formatted(source.document)
    if laid is None:
        raise UsageError(
            f"{source.place.name} is left as it is: laid out, it would mean another thing",
            remedy="this is a bug of this program: please report it, with the file",
        )
    return laid
