/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_pcap: the files by libpcap.
 *
 * Files are opened here, not by libpcap: so a complaint names file and reason whole, however long
 * the path, and a child process gets no descriptor. Times go in and out in nanoseconds: libpcap
 * writes the format of that resolution, and converts whatever it reads.
 */
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "udptui/output/capture.h"

enum {
    NS_PER_S = 1000000000,
    SNAPSHOT_BYTES = 65535 + PACKET_HEADERS_MAX,
    BUFFER_BYTES = 1 << 18,
    NAME_MAX_SHOWN = 200, /* of CAPTURE_ERROR_SIZE */
};

/* LINKTYPE_RAW in files is another number in the interface of libpcap: 12, OpenBSD has 14. */
enum { LINK_RAW = 101 };

static void explain(char *error, const char *path, const char *why)
{
    size_t length = strlen(path);
    bool fits = length <= NAME_MAX_SHOWN;

    snprintf(error, CAPTURE_ERROR_SIZE, "%s%s: %.100s", fits ? "" : "...",
             fits ? path : path + length - NAME_MAX_SHOWN, why);
}

/* ---- writing */

struct capture_writer {
    pcap_t *format; /* link type, time resolution; not open on anything */
    pcap_dumper_t *dumper;
    int error;                     /* errno of the first failure */
    uint8_t bytes[SNAPSHOT_BYTES]; /* headers and payload in one piece, as pcap_dump takes them */
};

static FILE *create_file(const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0), "wb")
                                        : fopen(path, "wbe");

    if (file != NULL)
        setvbuf(file, NULL, _IOFBF, BUFFER_BYTES);
    return file;
}

/* The file's header is written too. pcap_dump_fopen closes a file that it cannot write. */
static bool start(struct capture_writer *writer, const char *path)
{
    writer->format =
        pcap_open_dead_with_tstamp_precision(DLT_RAW, SNAPSHOT_BYTES, PCAP_TSTAMP_PRECISION_NANO);
    FILE *file = writer->format != NULL ? create_file(path) : NULL;
    if (file != NULL)
        writer->dumper = pcap_dump_fopen(writer->format, file);
    return writer->dumper != NULL && capture_flush(writer);
}

struct capture_writer *capture_create(const char *path, char *error)
{
    struct capture_writer *writer = calloc(1, sizeof *writer);

    if (writer != NULL && start(writer, path))
        return writer;
    explain(error, path, strerror(errno));
    capture_writer_close(writer);
    return NULL;
}

/* Whether all went well; remembers the first errno, which is not asked for again. */
static bool check(struct capture_writer *writer, bool written)
{
    if (writer->error == 0 && !written)
        writer->error = errno != 0 ? errno : EIO;
    errno = writer->error;
    return writer->error == 0;
}

bool capture_write(struct capture_writer *writer, int64_t wall_ns, const struct packet *packet)
{
    size_t header_bytes = packet_headers(packet, writer->bytes);
    bool cut = packet->original_bytes > packet->size_bytes;
    size_t room = sizeof writer->bytes - header_bytes;
    size_t size_bytes = packet->size_bytes < room ? packet->size_bytes : room;
    const struct pcap_pkthdr header = {
        .ts = {.tv_sec = (time_t)(wall_ns / NS_PER_S),
               .tv_usec = (suseconds_t)(wall_ns % NS_PER_S)},
        .caplen = (bpf_u_int32)(header_bytes + size_bytes),
        .len = (bpf_u_int32)(header_bytes + (cut ? packet->original_bytes : packet->size_bytes))};

    if (writer->error != 0)
        return check(writer, false);
    if (size_bytes > 0)
        memcpy(writer->bytes + header_bytes, packet->payload, size_bytes);
    errno = 0;
    pcap_dump((u_char *)writer->dumper, &header, writer->bytes);
    return check(writer, !ferror(pcap_dump_file(writer->dumper)));
}

bool capture_flush(struct capture_writer *writer)
{
    errno = 0;
    return check(writer, pcap_dump_flush(writer->dumper) == 0);
}

bool capture_writer_close(struct capture_writer *writer)
{
    int error = 0;

    if (writer == NULL)
        return true;
    if (writer->dumper != NULL) {
        capture_flush(writer);
        error = writer->error;
        pcap_dump_close(writer->dumper);
    }
    if (writer->format != NULL)
        pcap_close(writer->format);
    free(writer);
    errno = error;
    return error == 0;
}

/* ---- reading */

struct capture_reader {
    pcap_t *file;
    int link_type;
    char path[]; /* for complaints */
};

static int link_type_of(int data_link)
{
    return data_link == DLT_RAW ? LINK_RAW : data_link;
}

static struct capture_reader *reader_open(const char *path, pcap_t *file)
{
    struct capture_reader *reader = malloc(sizeof *reader + strlen(path) + 1);

    if (reader == NULL)
        return NULL;
    reader->file = file;
    reader->link_type = link_type_of(pcap_datalink(file));
    strcpy(reader->path, path);
    return reader;
}

struct capture_reader *capture_open(const char *path, char *error)
{
    FILE *stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
    char why[PCAP_ERRBUF_SIZE] = "not enough memory";

    if (stream == NULL) {
        explain(error, path, strerror(errno));
        return NULL;
    }
    pcap_t *file =
        pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, why);
    struct capture_reader *reader = file != NULL ? reader_open(path, file) : NULL;
    if (reader != NULL)
        return reader;
    explain(error, path, why);
    if (file != NULL)
        pcap_close(file);
    else if (stream != stdin)
        fclose(stream);
    return NULL;
}

/* A file may hold any number. */
static int64_t wall_ns_of(const struct timeval *time)
{
    int64_t most_s = INT64_MAX / NS_PER_S - 1;

    if (time->tv_sec > most_s || time->tv_sec < -most_s)
        return time->tv_sec > 0 ? INT64_MAX : INT64_MIN;
    return (int64_t)time->tv_sec * NS_PER_S + time->tv_usec % NS_PER_S;
}

enum capture_status capture_next(struct capture_reader *reader, struct capture_frame *out,
                                 char *error)
{
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int found = pcap_next_ex(reader->file, &header, &bytes);

    if (found == PCAP_ERROR_BREAK)
        return CAPTURE_END;
    if (found != 1) {
        explain(error, reader->path, pcap_geterr(reader->file));
        return CAPTURE_BAD;
    }
    *out = (struct capture_frame){.wall_ns = wall_ns_of(&header->ts),
                                  .link_type = reader->link_type,
                                  .bytes = bytes,
                                  .captured_bytes = header->caplen,
                                  .original_bytes = header->len};
    return CAPTURE_FRAME;
}

void capture_reader_close(struct capture_reader *reader)
{
    if (reader == NULL)
        return;
    pcap_close(reader->file);
    free(reader);
}
