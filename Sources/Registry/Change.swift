import GatewayKit

/// One write, as a value. The store commits changes in groups, in the order of their submission. Each change gets its
/// own reply after the commit that made it durable.
///
/// The changes of the ledger are cases of their own, because every stored message needs them. All other changes are
/// values of types that the concerns declare, such as `SaveContact`. Static functions of `Change` create them.
package enum Change: Sendable, Equatable {
    /// Inserts an outbound entry. Fails with `.conflict` if its id is taken.
    case appendOutbound(OutboundEntry)
    /// Moves an outbound entry to another state, if the table below allows the move. Replies `.outbound(entry)` with
    /// the entry after the move. Replies `.outbound(nil)` if nothing has moved: the id is unknown, or the move is a
    /// repeat or not allowed.
    ///
    /// * A move to `waiting` means that the message will be sent again, at `notBefore` at the earliest.
    /// * A move to `accepted` or to an end state (`delivered`, `failed`, `unknown`) empties the text.
    /// * A move to an end state marks the entry as unreported until `reported`, if the move has a failure, if the
    ///   sender wants a receipt, or if the message has counted as failed or unknown before. The sender must hear of the
    ///   outcome even after a crash.
    /// * With `by`, the entry moves only if it belongs to that account: the reports of one provider cannot change the
    ///   messages of another.
    ///
    /// | to | from |
    /// |---|---|
    /// | `handing` | `waiting`; counts an attempt |
    /// | `waiting` | `handing`: the provider has certainly not taken the message |
    /// | `accepted` | `handing` |
    /// | `unknown` | `handing` |
    /// | `failed` | `waiting`, `handing`, `accepted`; `unknown` within `Retention.lateReport` |
    /// | `delivered` | `waiting`, `handing`, `accepted`; `unknown` within `Retention.lateReport`; `failed` within `Retention.lateSuccess`, if the message has one part |
    ///
    /// Every other move changes nothing. A delivery report may arrive before the provider's answer to the request. So
    /// `delivered` may follow `waiting` and `handing`: otherwise the message would be sent twice.
    case advance(
        RequestID, to: OutboundEntry.State, foreignID: MessageID? = nil, notBefore: Timestamp? = nil,
        failure: Failure? = nil, at: Timestamp, by: AccountID? = nil)
    /// Moves an outbound entry from `waiting` to `handing`, as `advance` does, unless the recipient has opted out or the
    /// message would exceed a limit. Counts the message against its limits in the same write. Replies
    /// `.outbound(entry)`, or `.refused` with the rule that forbids it: then nothing has changed.
    case handOver(HandOver)
    /// Removes the unreported mark of these entries. Submit it when the XMPP server has the reports about them.
    case reported([RequestID])

    /// Inserts an inbound entry. Replies `.inserted(false)` and stores nothing if its key is already taken.
    case appendInbound(InboundEntry)
    /// Empties the texts of these entries. Submit it when the XMPP server has the messages. Ids and keys stay for
    /// `Retention.deduplication`, so that the core recognises repeats and finds messages that others refer to.
    case finishInbound(ids: [String])

    /// A change that is not on the path of messages.
    case other(AnyChange)
}

/// Holds a change of any type that a concern declares.
package struct AnyChange: Sendable, Equatable {
    package let value: any StoreChange

    package init(_ value: any StoreChange) { self.value = value }

    package static func == (a: AnyChange, b: AnyChange) -> Bool {
        func equals<Value: StoreChange>(_ value: Value) -> Bool { value == b.value as? Value }
        return equals(a.value)
    }
}

extension Change {
    /// The change as a value of this type; nil if it has another type.
    package func of<Value: StoreChange>(_ type: Value.Type) -> Value? {
        guard case .other(let change) = self else { return nil }
        return change.value as? Value
    }
}

/// The result of a committed change.
package enum ChangeReply: Sendable, Equatable {
    case done
    /// The reply to `Change.appendInbound`: whether the entry is new.
    case inserted(Bool)
    /// The reply to `Change.advance` and `Change.handOver`: the entry after the move; nil if it did not move.
    case outbound(OutboundEntry?)
    /// The reply to `Change.handOver` if the message may not be handed over: the rule that forbids it.
    case refused(HandOverRefusal)
}
