#!/bin/sh
# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the template of the translations to stdout: the texts of the shipped lessons, which the
# program TEXTS prints, and those that the sources mark. To be run at the top of the tree.
# extract.sh TEXTS
set -eu
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

cat >"$made/head.pot" <<'END'
msgid ""
msgstr ""
"Project-Id-Version: udptui\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
END
"$1" >"$made/lessons.pot"
find src -name '*.c' -exec grep -lE 'catalog_text\(|stage_text\(|stage_happens\(|CATALOG_MARK\(' {} + | LC_ALL=C sort |
    xgettext --files-from=- --from-code=UTF-8 --omit-header --add-location=file --output="$made/code.pot" \
        --keyword --keyword=catalog_text:2 --keyword=stage_text:2 --keyword=stage_happens:3 --keyword=CATALOG_MARK:1
# xgettext without a header knows no charset
sed -i '1i msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n' "$made/code.pot"
msgcat --use-first --add-location=file "$made/head.pot" "$made/code.pot" "$made/lessons.pot"
