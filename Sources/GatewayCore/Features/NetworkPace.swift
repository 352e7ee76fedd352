import GatewayKit

/// Back-pressure on one account: what its network says is read only as fast as the home server takes it, so that a
/// network that floods one user costs that user alone. The stream's own back-pressure would hold up everybody.
extension Switchboard {
    /// Counts what an event of an account has made us write.
    func wrote(_ stanzas: Int, for account: AccountID, session: Session) {
        guard isLinkOpen, stanzas > 0 else { return }
        switch session.networks.wrote(stanzas, on: account.network) {
        case .nothing: break
        case .checkpoint: order(.checkpoint(.account(account)))
        case .full: updatePause(of: account, session: session)
        }
    }

    /// The home server has taken what was written for an account up to the last checkpoint.
    func confirmed(_ account: AccountID) {
        guard let session = sessions[account.user] else { return }
        if session.networks.confirmed(on: account.network) { order(.checkpoint(.account(account))) }
        updatePause(of: account, session: session)
    }

    /// Pauses or resumes the network, as its state asks.
    func updatePause(of account: AccountID, session: Session) {
        guard let link = session.networks[account.network] else { return }
        let isBehind =
            session.isWelcoming
            && session.rooms.values.contains { room in
                room.address.network == account.network && room.backlog.count >= Room.longestBacklog
            }
        let isPaused = isLinkOpen && (link.isFull || isBehind)
        guard isPaused != link.isPaused else { return }
        session.networks[account.network]?.isPaused = isPaused
        order(isPaused ? .pause(account) : .resume(account))
    }

    /// The stream is gone: nothing is written any more.
    func resumeAll(of session: Session) {
        for account in session.networks.accounts {
            session.networks.linkBroke(on: account.network)
            updatePause(of: account, session: session)
        }
    }
}
