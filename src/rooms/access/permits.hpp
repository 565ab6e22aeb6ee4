// Permits 許可證: who may operate. The permit is a matter; this table is its projection for checks and figures.
#pragma once

#include <span>

#include "procedure/bindings.hpp"

namespace zhian::access {

std::span<const storage::Migration> Migrations();
std::span<const procedure::EffectBinding> Records();
// Registers "operator.permits" {operator_id}: the permits of an operator, the one that is valid longest first, each
// {id, number, category, state, valid_from, valid_to, ended_at}: days as ms, 0 where there is none. And
// "permit.holders" {number}: the ids of who holds a permit of that number, at most ten.
void AddQuestions(procedure::Services& services);

}  // namespace zhian::access
