// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/why/explain.h"
#include "subject.h"

#include <optional>
#include <vector>

/// Each rule looks at all that is known and says its clause, or nothing. The tables of them stand
/// in the order in which they are asked.
namespace dmb::why {

using Rule = std::optional<Clause> (*)(const Case& c);
using Clauses = std::vector<Clause>;

/// Nothing of ours is there to limit.
void say_presence(const Case& c, Clauses& clauses);
/// The limits of the battery do not reach the chargers. False: they do.
bool say_control(const Case& c, Clauses& clauses);
/// What else of the system a person should know.
void say_beside(const Case& c, Clauses& clauses);

/// The limit that counts, and what overrules it.
void say_charge_limit(const Case& c, Clauses& clauses);
/// What keeps the battery from giving; nothing where nothing does.
void say_discharge_limit(const Case& c, Clauses& clauses);

/// What chargers and inverters do.
void say_chargers(const Case& c, Clauses& clauses);

/// What the chargers are to obey, after what the owner has set on the GX.
std::optional<double> effective_ccl(const Case& c);
std::optional<double> effective_cvl(const Case& c);
/// What is set on the GX; nullopt: nothing.
std::optional<double> user_charge_limit(const Case& c);
std::optional<double> user_voltage_limit(const Case& c);
/// Solar chargers go by the voltage alone, whatever CCL says.
bool feeds_in(const Case& c);

std::vector<Chain> chains_of(const Case& c);

}  // namespace dmb::why
