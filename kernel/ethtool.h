/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ETHTOOL_H
#define ETHTOOL_H

struct net_device;

void tun_ethtool_setup(struct net_device *dev);

#endif /* ETHTOOL_H */
