# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the pictures of README: pictures.py DIRECTORY [NAME]... (make pictures). UDPTUI names the program."""
import os
import sys
import threading
import time

import scenes
import tap
import terminal_animation
import terminal_cells
import terminal_svg

FRAME_S = 0.1  # at least from one frame of an animation to the next


def rows_of(screen):
    """What the terminal shows, as rows of cells, each as wide as the screen, or less."""
    rows = terminal_cells.parse(screen.tmux("capture-pane", "-e", "-N", "-p"))
    return rows + [[] for _ in range(screen.rows - len(rows))]


def still(scene):
    *_, screen = scene.play()
    return terminal_svg.picture(rows_of(screen), screen.columns, scene.command, scene.title, scene.description)


class Recorder(threading.Thread):
    """Takes a frame when the terminal has changed, until it is stopped."""

    def __init__(self, screen):
        super().__init__()
        self.screen, self.frames, self.ended = screen, [], threading.Event()
        self.started = time.monotonic()
        self.start()

    def run(self):
        while not self.ended.wait(FRAME_S):
            at = time.monotonic() - self.started if self.frames else 0
            frame = terminal_animation.Frame(round(at, 2), rows_of(self.screen), self.screen.note)
            if not self.frames or frame[1:] != self.frames[-1][1:]:
                self.frames.append(frame)

    def stop(self):
        self.ended.set()
        self.join()
        return self.frames


def moving(scene):
    playing = scene.play()
    screen = next(playing)
    recorder = Recorder(screen)
    try:
        next(playing)
    finally:
        frames = [frame for frame in recorder.stop() if frame.time_s < scene.duration_s]
    return terminal_animation.animation(frames, screen.columns, scene.duration_s, scene.poster_s, scene.command,
                                        scene.title, scene.description)


def make(scene, directory):
    """Plays the scene and writes its file."""
    try:
        svg = moving(scene) if scene.duration_s else still(scene)
    finally:
        tap.undo()
    path = os.path.join(directory, scene.name + ".svg")
    with open(path, "w", encoding="utf-8") as file:
        file.write(svg)
    print("%s: %d bytes" % (path, len(svg.encode())), flush=True)


def main(directory, *names):
    """Returns what a shell takes: None, or what was wrong."""
    known = {scene.name: scene for scene in scenes.SCENES}
    unknown = [name for name in names if name not in known]
    if unknown:
        return "no such picture: %s; there are %s" % (" ".join(unknown), " ".join(known))
    for name in names or known:
        try:
            make(known[name], directory)
        except (tap.Skip, tap.Failure) as problem:
            return "%s: %s" % (name, problem)
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
