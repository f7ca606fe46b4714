# The rules of examples/gitops/policies/purchases.yaml in Rego, over the JSON of a plan:
#   pcsync plan --format json > plan.json
#   opa eval --input plan.json --data docs/purchases.rego --fail-defined 'data.pcsync.purchases.deny[_]'
package pcsync.purchases

import rego.v1

deny contains message if {
	some action in input.actions
	some change in action.changes
	change.field == "termDuration"
	change.new == "P3Y"
	message := sprintf("%s: three years are decided by the board, and bought in the portal", [action.address])
}

deny contains message if {
	some action in input.actions
	action.verb in {"cancel", "delete"}
	message := sprintf("%s: what is cancelled or deleted can't be had back", [action.address])
}

warn contains message if {
	some action in input.actions
	action.verb == "create"
	action.counts.addSeats > 20
	message := sprintf("%s: more than 20 seats are bought at once", [action.address])
}
