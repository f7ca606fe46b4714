"""`pcsync schema`: writes the JSON schemas of manifests, settings, lock file and plans.

Owns the form of those files: UTF-8, keys as the schemas have them, two spaces, a final newline.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

EPILOG = """\b
Example:
  pcsync schema --out schemas
"""


@click.command("schema", epilog=EPILOG, short_help="Write the JSON schemas for editors.")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write the schemas to; it is made if it is not there.",
)
def command(out: Path) -> None:
    """Write the JSON schemas of manifests, settings, lock file and plans into a folder.

    Editors that know YAML check and complete manifests with them. The same version of pcsync
    writes the same bytes.
    """
    from pcsync.errors import UsageError
    from pcsync.kinds import load_kinds
    from pcsync.manifests import schema_files

    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, schema in schema_files(load_kinds()).items():
            text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
            out.joinpath(name).write_bytes(text.encode("utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{out}: {reason}", "name a folder that can be written to") from error
