/// Saves a person on the foreign side that a user has met, or replaces what is known of them.
package struct SavePeer: StoreChange {
    package let peer: PeerRecord
}

extension Change {
    /// See `SavePeer`.
    package static func savePeer(_ peer: PeerRecord) -> Change { .other(AnyChange(SavePeer(peer: peer))) }
}
