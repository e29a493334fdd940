#!/bin/sh
# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the C file of the languages (udptui/lesson/catalogs.h) to stdout.
# embed.sh MSGFMT [LANGUAGE.po]...
set -eu
msgfmt=$1
shift

language_of() {
    basename "$1" .po
}

echo '/* SPDX-FileCopyrightText: 2026 the udptui authors */'
echo '/* SPDX-License-Identifier: GPL-3.0-or-later */'
echo '/* Made by src/lesson/po/embed.sh from the .po files. */'
echo '#include "udptui/lesson/catalogs.h"'
for po; do
    mo=$(mktemp)
    trap 'rm -f "$mo"' EXIT
    "$msgfmt" --check --output-file="$mo" "$po"
    echo
    echo "static const uint8_t bytes_of_$(language_of "$po")[] = {"
    od -An -v -tx1 "$mo" | sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g'
    echo '};'
    rm -f "$mo"
done
echo
echo 'const char *const catalogs_languages[] = {"en",'
for po; do
    echo "    \"$(language_of "$po")\","
done
echo '    NULL};'
echo
echo 'const struct catalogs_file catalogs_files[] = {{.bytes = NULL},'
for po; do
    name=bytes_of_$(language_of "$po")
    echo "    {.bytes = $name, .size_bytes = sizeof $name},"
done
echo '};'
