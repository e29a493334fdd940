#!/bin/sh
# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Brings udptui.pot and the translations up to date with the lessons and the sources: new texts are
# added untranslated, those that are gone are kept at the end of the .po files. To be run at the top
# of the tree, as "make update-po" does.
# update.sh TEXTS [LANGUAGE.po]...
set -eu
po=$(dirname "$0")
texts=$1
shift
"$po/extract.sh" "$texts" >"$po/udptui.pot.new"
mv "$po/udptui.pot.new" "$po/udptui.pot"
for language; do
    msgmerge --quiet --update --backup=none --no-fuzzy-matching --add-location=file "$language" "$po/udptui.pot"
    msgfmt --statistics --output-file=/dev/null "$language"
done
