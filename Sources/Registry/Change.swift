import GatewayKit

/// One write, as a value. Changes are committed in the order in which they were submitted, in groups; each gets
/// its own reply after the commit that made it durable.
///
/// The changes of the ledger are on the path of every stored message and are cases of their own. All others are values
/// of types that the concerns declare, such as `SaveContact`; functions of `Change` with short names make them.
package enum Change: Sendable, Equatable {
    /// Fails with `.conflict` if the id is taken.
    case appendOutbound(OutboundEntry)
    /// Moves an outbound entry on, if the state machine allows. Replies `.outbound(entry)` with the entry as it is
    /// afterwards if it moved, `.outbound(nil)` if it did not (unknown id, repeat, lower state).
    /// A move to `waiting` counts as a retry and needs `notBefore`. The text is emptied by `accepted` and by final
    /// states. A final state is kept as untold until `told`, with the failure if there is one: the sender must hear of
    /// it even after a crash.
    /// `by` moves it only if it is that account's: one provider's reports do not touch another's messages.
    ///
    /// | to | from |
    /// |---|---|
    /// | `handing` | `waiting`; counts an attempt |
    /// | `waiting` | `handing`: known not to have been taken, to be tried again |
    /// | `accepted` | `handing` |
    /// | `unknown` | `handing` |
    /// | `failed` | `waiting`, `handing`, `accepted`; `unknown` within `Retention.lateReport` |
    /// | `delivered` | `waiting`, `handing`, `accepted`; `unknown` within `Retention.lateReport`; `failed` within `Retention.lateSuccess` |
    ///
    /// Every other move, and every repeat, changes nothing. A delivery report may overtake the answer to the request it
    /// speaks of, hence `delivered` from `waiting` and `handing`: handing over again would send twice.
    case advance(
        RequestID, to: OutboundEntry.State, foreignID: MessageID? = nil, notBefore: Timestamp? = nil,
        failure: Failure? = nil, at: Timestamp, by: AccountID? = nil)
    /// The home server has what there was to tell about these.
    case told([RequestID])

    /// Replies `.inserted(false)` if the key was already taken (nothing is stored then).
    case appendInbound(InboundEntry)
    /// The home server has them. Their texts are emptied; ids and keys stay for a while, so that repeats are recognised
    /// and references to them find them.
    case finishInbound(ids: [String])

    /// A change of any other concern.
    case other(AnyChange)
}

/// A change of a type that its concern declares.
package struct AnyChange: Sendable, Equatable {
    package let value: any StoreChange

    package init(_ value: any StoreChange) { self.value = value }

    package static func == (a: AnyChange, b: AnyChange) -> Bool {
        func equals<Value: StoreChange>(_ value: Value) -> Bool { value == b.value as? Value }
        return equals(a.value)
    }
}

extension Change {
    /// The change as a value of its concern's type; nil if it is another one.
    package func of<Value: StoreChange>(_ type: Value.Type) -> Value? {
        guard case .other(let change) = self else { return nil }
        return change.value as? Value
    }
}

/// What a commit did.
package enum ChangeReply: Sendable, Equatable {
    case done
    case inserted(Bool)
    case outbound(OutboundEntry?)
}
