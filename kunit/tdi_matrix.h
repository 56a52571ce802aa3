/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The states of the matrix, and a file in each of them.
 */
#ifndef _TDI_MATRIX_H
#define _TDI_MATRIX_H

#include "tdi_kunit_helpers.h"

/*
 * What a file is and does.  OFFER_EXPIRED: nobody has accepted what a listen was
 * offered.  CONNECT_FAILED: one that did not wait, and was not told.  From
 * BOTH_RELEASED on: after a connection has ended, was killed from outside (ss -K),
 * or lost its address; RELEASING: its release has not come to the FIN yet,
 * which the peer cannot acknowledge as it does not read.
 * BESIDE_xxx: an idle
 * endpoint of an address with another idle endpoint, another that listens, a
 * CONNECT handler, an offer that waits, another that is connected, another open.
 * ADDRESS_xxx: the file of an address with nothing, or with one of those.
 * DATAGRAMS: an address of /dev/tdi/udp, _RAW: of /dev/tdi/rawip, _CONNECTED: one
 * that has a remote.  UNDECIDED: just opened.  CONTROL: created with an empty EA
 * buffer.
 */
enum matrix_state {
	OPENED, ASSOCIATED, CONNECTING, LISTENING, OFFERED,
	OFFER_EXPIRED, CONNECT_FAILED, CONNECTED,
	LOCAL_RELEASED, REMOTE_RELEASED,
	BOTH_RELEASED, PEER_RESET, LOCAL_ABORTED, KILLED, ADDRESS_CLOSED,
	RELEASING,
	BESIDE_ENDPOINT, BESIDE_LISTEN, BESIDE_HANDLER, BESIDE_OFFER,
	BESIDE_CONNECTION, BESIDE_OPEN,
	ADDRESS_UNUSED, ADDRESS_ASSOCIATED, ADDRESS_LISTENING, ADDRESS_HANDLER,
	ADDRESS_OFFERING, ADDRESS_CONNECTED, ADDRESS_SHARED,
	DATAGRAMS, DATAGRAMS_RAW, DATAGRAMS_CONNECTED,
	UNDECIDED, CONTROL,
	MATRIX_STATES,
};

struct tdi_file *matrix_arrange(struct kunit *test, enum matrix_state state,
				u64 *offer);
enum matrix_state matrix_state(struct tdi_file *file);

#endif /* _TDI_MATRIX_H */
