/// Inserts or replaces a person on the foreign network who has written to a user.
package struct SavePeer: StoreChange {
    package let peer: PeerRecord
}

extension Change {
    /// See `SavePeer`.
    package static func savePeer(_ peer: PeerRecord) -> Change { .other(AnyChange(SavePeer(peer: peer))) }
}
