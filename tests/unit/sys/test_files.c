/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* files: what a user names is read whole or refused; ours are made for their owner, below a
 * home. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/sys/files.h"

enum { PATH_SIZE = 512 };

/* A folder for one case, and the environment as it was. */
struct place {
    char path[64];
    char *home, *state, *data;
};

static char *files_copy_variable(const char *name)
{
    return getenv(name) != NULL ? strdup(getenv(name)) : NULL;
}

static void files_put_variable(const char *name, char *value)
{
    if (value != NULL)
        setenv(name, value, 1);
    else
        unsetenv(name);
    free(value);
}

static int set_up_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);

    *state = place;
    if (place == NULL)
        return -1;
    place->home = files_copy_variable("HOME");
    place->state = files_copy_variable("XDG_STATE_HOME");
    place->data = files_copy_variable("XDG_DATA_HOME");
    unsetenv("HOME");
    unsetenv("XDG_STATE_HOME");
    unsetenv("XDG_DATA_HOME");
    strcpy(place->path, "/tmp/udptui-files-XXXXXX");
    return mkdtemp(place->path) != NULL ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status;
    (void)type;
    (void)at;
    return remove(path);
}

static int tear_down_place(void **state)
{
    struct place *place = *state;

    files_put_variable("HOME", place->home);
    files_put_variable("XDG_STATE_HOME", place->state);
    files_put_variable("XDG_DATA_HOME", place->data);
    nftw(place->path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(place);
    return 0;
}

static const char *files_below(const struct place *place, const char *name, char *out)
{
    snprintf(out, PATH_SIZE, "%s/%s", place->path, name);
    return out;
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static mode_t files_mode(const char *path)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

/* ---- files that a user names */

static void reads_up_to_the_room(void **state)
{
    char path[PATH_SIZE];
    uint8_t bytes[8];
    size_t size_bytes;

    write_text(files_below(*state, "five", path), "12345");
    assert_null(files_read(path, bytes, sizeof bytes, &size_bytes));
    assert_int_equal(size_bytes, 5);
    assert_memory_equal(bytes, "12345", 5);
    assert_null(files_read_regular(path, bytes, 3, &size_bytes));
    assert_int_equal(size_bytes, 3);
}

static void says_why_a_file_cannot_be_read(void **state)
{
    char path[PATH_SIZE];
    uint8_t bytes[8];
    size_t size_bytes = 99;

    files_below(*state, "missing", path);
    assert_string_equal(files_read(path, bytes, sizeof bytes, &size_bytes), strerror(ENOENT));
    assert_int_equal(size_bytes, 0);
    assert_string_equal(
        files_read_regular(((struct place *)*state)->path, bytes, sizeof bytes, &size_bytes),
        strerror(EISDIR));
    assert_string_equal(
        files_read(((struct place *)*state)->path, bytes, sizeof bytes, &size_bytes),
        strerror(EISDIR));
}

/* A FIFO without a writer would block the prompt for ever. */
static void refuses_what_might_wait(void **state)
{
    char path[PATH_SIZE];
    uint8_t bytes[8];
    size_t size_bytes;
    int fd;

    assert_int_equal(mkfifo(files_below(*state, "fifo", path), 0600), 0);
    assert_string_equal(files_read_regular(path, bytes, sizeof bytes, &size_bytes),
                        "not a regular file");
    assert_string_equal(files_open_own(path, O_WRONLY, &fd), "not a regular file");
    assert_int_equal(fd, -1);
    assert_string_equal(files_read_regular("-", bytes, sizeof bytes, &size_bytes),
                        "standard input is not read here: name a file");
}

static void files_expect(const char *path, const char *text)
{
    uint8_t bytes[64];
    size_t size_bytes;

    assert_null(files_read_regular(path, bytes, sizeof bytes, &size_bytes));
    assert_int_equal(size_bytes, strlen(text));
    assert_memory_equal(bytes, text, size_bytes);
}

/* A regular file "file", "link" to it, "dangling" to nothing, and a FIFO. */
static void files_make_kinds(const struct place *place)
{
    char path[PATH_SIZE], link[PATH_SIZE];

    write_text(files_below(place, "file", path), "old text");
    assert_int_equal(symlink(path, files_below(place, "link", link)), 0);
    files_below(place, "nothing", path);
    assert_int_equal(symlink(path, files_below(place, "dangling", link)), 0);
    assert_int_equal(mkfifo(files_below(place, "fifo", path), 0600), 0);
}

static void looks_through_links(void **state)
{
    char path[PATH_SIZE];

    files_make_kinds(*state);
    assert_int_equal(files_look(files_below(*state, "nothing", path)), FILES_NOTHING);
    assert_int_equal(files_look(files_below(*state, "file", path)), FILES_REGULAR);
    assert_int_equal(files_look(files_below(*state, "link", path)), FILES_REGULAR);
    assert_int_equal(files_look(files_below(*state, "dangling", path)), FILES_OTHER);
    assert_int_equal(files_look(files_below(*state, "fifo", path)), FILES_OTHER);
    assert_int_equal(files_look(((struct place *)*state)->path), FILES_OTHER);
}

static void makes_what_a_user_names(void **state)
{
    char path[PATH_SIZE], link[PATH_SIZE];
    int fd;

    files_make_kinds(*state);
    assert_null(files_create(files_below(*state, "new", path), false, &fd));
    assert_null(files_close(fd, files_write(fd, "one", 3)));
    files_expect(path, "one");
    assert_string_equal(files_create(path, false, &fd), strerror(EEXIST));
    assert_int_equal(fd, -1);
    files_expect(path, "one");
    assert_null(files_create(files_below(*state, "link", link), true, &fd));
    assert_int_equal(close(fd), 0);
    files_expect(files_below(*state, "file", path), ""); /* emptied, through the link */
}

/* Whether or not it may be overwritten. */
static void makes_no_file_in_place_of_another_kind(void **state)
{
    static const char *const names[] = {"", "fifo", "dangling"};
    char path[PATH_SIZE];
    int fd;

    files_make_kinds(*state);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (int overwrite = 0; overwrite < 2; overwrite++) {
            assert_string_equal(files_create(files_below(*state, names[i], path), overwrite, &fd),
                                "not a regular file");
            assert_int_equal(fd, -1);
        }
    assert_int_equal(access(files_below(*state, "nothing", path), F_OK), -1);
}

static void expands_the_home_of_the_user_alone(void **state)
{
    static const struct {
        const char *path, *expanded;
    } cases[] = {{"~/a/b", "/home/kim/a/b"}, {"~/", "/home/kim/"}, {"~", "~"},
                 {"~kim/a", "~kim/a"},       {"a~/b", "a~/b"},     {"", ""}};
    char out[PATH_SIZE];

    (void)state;
    assert_string_equal(files_expand_home("~/a", out, sizeof out), "~/a"); /* HOME is not set */
    setenv("HOME", "/home/kim", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(files_expand_home(cases[i].path, out, sizeof out), cases[i].expanded);
}

/* ---- files that are replaced */

static void replaces_the_whole_and_leaves_nothing_beside(void **state)
{
    char path[PATH_SIZE], beside[PATH_SIZE];

    write_text(files_below(*state, "file", path), "a longer text than the new one");
    write_text(files_below(*state, "file.new", beside), "of a run that was killed");
    assert_null(files_replace(path, "short", 5, false));
    files_expect(path, "short");
    assert_int_equal(access(beside, F_OK), -1);
    assert_null(files_replace(path, "", 0, true));
    files_expect(path, "");
}

/* Group and others keep what they may do, whatever umask(2) says. */
static void replacing_keeps_the_mode(void **state)
{
    static const mode_t modes[] = {0666, 0664, 0640, 0600, 0755};
    char path[PATH_SIZE];
    mode_t mask = umask(027);

    write_text(files_below(*state, "file", path), "old");
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        for (int own = 0; own < 2; own++) {
            assert_int_equal(chmod(path, modes[i]), 0);
            assert_null(files_replace(path, "new", 3, own));
            assert_int_equal(files_mode(path), modes[i]);
        }
    assert_null(files_replace(files_below(*state, "made", path), "new", 3, false));
    assert_int_equal(files_mode(path), 0640);
    assert_null(files_replace(files_below(*state, "ours", path), "new", 3, true));
    assert_int_equal(files_mode(path), 0600);
    umask(mask);
}

static void replacing_keeps_the_owner(void **state)
{
    enum { SOMEBODY = 12345, THEIR_GROUP = 54321 };
    char path[PATH_SIZE];
    struct stat status;

    if (geteuid() != 0)
        skip(); /* nobody else may give files away */
    write_text(files_below(*state, "file", path), "old");
    assert_int_equal(chmod(path, 0664), 0);
    assert_int_equal(chown(path, SOMEBODY, THEIR_GROUP), 0);
    assert_null(files_replace(path, "new", 3, false));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_uid, SOMEBODY);
    assert_int_equal(status.st_gid, THEIR_GROUP);
    assert_int_equal(files_mode(path), 0664);
}

static void replaces_behind_the_links_of_a_user(void **state)
{
    char path[PATH_SIZE], link[PATH_SIZE];
    struct stat status;

    files_make_kinds(*state);
    files_below(*state, "file", path);
    files_below(*state, "link", link);
    assert_string_equal(files_replace(link, "new", 3, true), "it is a symbolic link");
    files_expect(path, "old text");
    assert_null(files_replace(link, "new", 3, false));
    files_expect(path, "new");
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
}

static void what_cannot_be_replaced_stays(void **state)
{
    static const char *const names[] = {"", "fifo", "dangling"};
    char path[PATH_SIZE], beside[PATH_SIZE];

    files_make_kinds(*state);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(files_replace(files_below(*state, names[i], path), "new", 3, false),
                            "not a regular file");
    assert_string_equal(files_replace(files_below(*state, "none/file", path), "new", 3, false),
                        strerror(ENOENT));
    assert_string_equal(files_replace(files_below(*state, "file/x", path), "new", 3, false),
                        strerror(ENOTDIR));
    assert_int_equal(mkdir(files_below(*state, "file.new", beside), 0700), 0);
    assert_string_equal(files_replace(files_below(*state, "file", path), "new", 3, false),
                        strerror(EEXIST));
    files_expect(path, "old text");
}

/* ---- files of our own */

static void follows_no_link_to_our_files(void **state)
{
    char path[PATH_SIZE], link[PATH_SIZE];
    uint8_t bytes[8];
    size_t size_bytes;
    int fd;

    write_text(files_below(*state, "target", path), "x");
    assert_int_equal(symlink(path, files_below(*state, "link", link)), 0);
    assert_string_equal(files_open_own(link, O_WRONLY | O_CREAT, &fd), "it is a symbolic link");
    assert_string_equal(files_read_own(link, bytes, sizeof bytes, &size_bytes),
                        "it is a symbolic link");
    assert_null(files_read_regular(link, bytes, sizeof bytes, &size_bytes)); /* a user's may be */
}

static void makes_our_files_for_their_owner(void **state)
{
    char path[PATH_SIZE];
    int fd;

    files_below(*state, "ours", path);
    assert_null(files_open_own(path, O_WRONLY | O_CREAT, &fd));
    assert_null(files_close(fd, files_write(fd, "ab", 2)));
    assert_int_equal(files_mode(path), 0600);
}

static void reports_a_full_disk(void **state)
{
    int fd = open("/dev/full", O_WRONLY);

    (void)state;
    if (fd < 0)
        skip();
    assert_string_equal(files_close(fd, files_write(fd, "ab", 2)), strerror(ENOSPC));
}

static void keeps_the_first_reason_on_closing(void **state)
{
    (void)state;
    assert_string_equal(files_close(-1, "the disk is full"), "the disk is full");
    assert_string_equal(files_close(-1, NULL), strerror(EBADF));
}

/* ---- our directories */

static void takes_xdg_before_home(void **state)
{
    char path[PATH_SIZE];

    (void)state;
    setenv("HOME", "/home/kim", 1);
    assert_null(files_own_path(FILES_STATE, "history", path, sizeof path));
    assert_string_equal(path, "/home/kim/.local/state/udptui/history");
    assert_null(files_own_path(FILES_DATA, "messages/a", path, sizeof path));
    assert_string_equal(path, "/home/kim/.local/share/udptui/messages/a");
    setenv("XDG_STATE_HOME", "/var/state", 1);
    assert_null(files_own_path(FILES_STATE, "history", path, sizeof path));
    assert_string_equal(path, "/var/state/udptui/history");
    setenv("XDG_STATE_HOME", "relative", 1);
    assert_null(files_own_path(FILES_STATE, "history", path, sizeof path));
    assert_string_equal(path, "/home/kim/.local/state/udptui/history");
}

static void says_what_is_missing(void **state)
{
    char path[PATH_SIZE];

    (void)state;
    assert_string_equal(files_own_path(FILES_STATE, "history", path, sizeof path),
                        "there is no home directory: set HOME or XDG_STATE_HOME");
    assert_string_equal(files_own_path(FILES_DATA, "messages", path, sizeof path),
                        "there is no home directory: set HOME or XDG_DATA_HOME");
    assert_string_equal(files_make_parents(FILES_DATA, "/anywhere"),
                        "there is no home directory: set HOME or XDG_DATA_HOME");
    setenv("HOME", "/home/kim", 1);
    assert_string_equal(files_own_path(FILES_STATE, "history", path, 20), "the path is too long");
}

static void makes_directories_below_a_home(void **state)
{
    const struct place *place = *state;
    char path[PATH_SIZE], made[PATH_SIZE];

    setenv("HOME", place->path, 1);
    assert_null(files_own_path(FILES_DATA, "messages/a", path, sizeof path));
    assert_null(files_make_parents(FILES_DATA, path));
    assert_int_equal(files_mode(files_below(place, ".local/share/udptui/messages", made)), 0700);
    assert_null(files_make_parents(FILES_DATA, path)); /* again: they exist */
    assert_int_equal(access(path, F_OK), -1);          /* the file itself is the caller's */
}

static void makes_no_home(void **state)
{
    const struct place *place = *state;
    char home[PATH_SIZE], path[PATH_SIZE];

    setenv("HOME", files_below(place, "nobody", home), 1);
    assert_null(files_own_path(FILES_STATE, "history", path, sizeof path));
    assert_string_equal(files_make_parents(FILES_STATE, path), "the home directory does not exist");
    assert_int_equal(access(home, F_OK), -1);
}

/* The specification has the directories of its variables made, wherever they are. */
static void makes_the_xdg_directory_that_is_named(void **state)
{
    const struct place *place = *state;
    char base[PATH_SIZE], path[PATH_SIZE], made[PATH_SIZE];

    setenv("HOME", "/nonexistent", 1);
    setenv("XDG_STATE_HOME", files_below(place, "a/b", base), 1);
    assert_null(files_own_path(FILES_STATE, "history", path, sizeof path));
    assert_null(files_make_parents(FILES_STATE, path));
    assert_int_equal(files_mode(files_below(place, "a/b/udptui", made)), 0700);
}

static void says_why_a_directory_cannot_be_made(void **state)
{
    const struct place *place = *state;
    char base[PATH_SIZE], path[PATH_SIZE];

    write_text(files_below(place, "file", base), "");
    setenv("XDG_STATE_HOME", base, 1);
    assert_null(files_own_path(FILES_STATE, "history", path, sizeof path));
    assert_string_equal(files_make_parents(FILES_STATE, path), strerror(ENOTDIR));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up_place, tear_down_place)

static const struct CMUnitTest tests[] = {
    CASE(reads_up_to_the_room),
    CASE(says_why_a_file_cannot_be_read),
    CASE(refuses_what_might_wait),
    CASE(looks_through_links),
    CASE(makes_what_a_user_names),
    CASE(makes_no_file_in_place_of_another_kind),
    CASE(expands_the_home_of_the_user_alone),
    CASE(replaces_the_whole_and_leaves_nothing_beside),
    CASE(replacing_keeps_the_mode),
    CASE(replacing_keeps_the_owner),
    CASE(replaces_behind_the_links_of_a_user),
    CASE(what_cannot_be_replaced_stays),
    CASE(follows_no_link_to_our_files),
    CASE(makes_our_files_for_their_owner),
    CASE(reports_a_full_disk),
    CASE(keeps_the_first_reason_on_closing),
    CASE(takes_xdg_before_home),
    CASE(says_what_is_missing),
    CASE(makes_directories_below_a_home),
    CASE(makes_no_home),
    CASE(makes_the_xdg_directory_that_is_named),
    CASE(says_why_a_directory_cannot_be_made),
};

const struct suite suite_files = {
    .name = "files", .tests = tests, .count = sizeof tests / sizeof *tests};
