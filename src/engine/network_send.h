/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_send: see network.h for the model. */
#ifndef UDPTUI_ENGINE_NETWORK_SEND_H
#define UDPTUI_ENGINE_NETWORK_SEND_H

#include "network.h"

/* Sends the acks of the batch and notes in their flights what the kernel said. The batch stays
 * as it is. */
void network_send(struct network *network);

#endif
