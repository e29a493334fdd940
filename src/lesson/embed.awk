# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
# embed: makes a C file of lesson files: LC_ALL=C awk -f embed.awk a.lesson b.lesson >shipped.c
BEGIN {
    print "/* SPDX-FileCopyrightText: 2026 the udptui authors */"
    print "/* SPDX-License-Identifier: GPL-3.0-or-later */"
    print "/* Made by src/lesson/embed.awk. */"
    print "#include \"udptui/lesson/topics.h\""
    print "#ifdef __GNUC__"
    print "#pragma GCC diagnostic ignored \"-Woverlength-strings\""
    print "#endif"
}

function name_of(path) {
    sub(/.*\//, "", path)
    sub(/\.lesson$/, "", path)
    return path
}

FNR == 1 {
    if (count > 0)
        print ";"
    names[count++] = name_of(FILENAME)
    printf "static const char text_%d[] =\n", count
}

{
    gsub(/[\\"?]/, "\\\\&")
    print "    \"" $0 "\\n\""
}

END {
    print ";\nconst struct topics_file topics_files[] = {"
    for (i = 0; i < count; i++) {
        printf "    {\"%s\", text_%d, sizeof text_%d - 1},\n", names[i], i + 1, i + 1
        words = words names[i] " "
    }
    print "};"
    printf "const size_t topics_file_count = %d;\n", count
    print "const char topics_words[] = \"" words "all\";"
}
