/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/cmd/commands.h"

int main(int argument_count, char *arguments[])
{
    return commands_run(argument_count, arguments);
}
