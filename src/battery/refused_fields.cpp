// SPDX-License-Identifier: MIT
#include "dmb/battery/refused_fields.h"

#include "dmb/battery/quantity.h"

namespace dmb {

void RefusedFields::note(const Reading& reading, Instant now) {
  if (!fields_.empty())
    std::erase_if(fields_, [&reading](const auto& entry) {
      const Reading::Field* field = reading.find(entry.first);
      return field != nullptr && !field->bad;
    });
  for (const Reading::Complaint& complaint : reading.complaints())
    fields_.insert_or_assign(complaint.id, Entry{complaint.what, now});
}

std::vector<std::string> RefusedFields::texts(std::chrono::seconds lifetime, Instant now) const {
  std::vector<std::string> texts;
  for (const auto& [id, entry] : fields_)
    if (lifetime.count() == 0 || now - entry.noted < lifetime)
      texts.push_back(std::string(id.spec().path.substr(1)) + " " + entry.what);
  return texts;
}

}  // namespace dmb
