// SPDX-License-Identifier: MIT
#pragma once

namespace dmb {

/// Why there is no connection to the broker, as far as what to do differs. The words that go with
/// it are for people and may change; whoever decides by the kind does it by this.
enum class BrokerTrouble {
  name_not_found,      ///< the look-up of the broker's name failed
  unreachable,         ///< no way there: no route, the network is down
  refused,             ///< the host refuses the port: nothing listens
  no_answer,           ///< whoever is there, it does not answer in time
  no_broker,           ///< it closed the connection or talked no MQTT
  login,               ///< user name or password, or what the broker allows this user
  client_id,           ///< the broker does not take our client id
  rejected,            ///< the broker refuses the connection for another reason
  certificate,         ///< the broker's certificate is not trusted, or for another name
  client_certificate,  ///< the broker wants one, or refuses ours
  tls,                 ///< no TLS there, or none that both can
  tls_files,           ///< a file of ours is missing or not usable
  lost,                ///< a connection that worked has ended
  dropped,             ///< it ended soon after it was made, as if another had our client id
  misbehaving,         ///< the broker sent what nobody asked for: we ended it
  stalled,             ///< we stood still for too long: we ended it, what waited has no known age
  internal,            ///< no thread or no memory for an attempt
};

}  // namespace dmb
