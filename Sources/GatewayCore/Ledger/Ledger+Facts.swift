import GatewayKit
import Registry

/// Facts of the network that belong to no message of the ledger. The registry has them before they are acknowledged.
extension Ledger {
    /// The note of a fact that is being written.
    private struct Fact: Note { let token: StorageToken? }

    /// Writes a fact that concerns no open session. A consent is between two numbers, so it also counts for a later holder
    /// of our number.
    func note(_ fact: NetworkFact, _ token: StorageToken) {
        switch fact {
        case .consent(let consent, let peer, let line, let time):
            write(
                NoteConsent(
                    ConsentNote(consent, for: line), of: kernel.rules.localpart(of: .peer(peer)),
                    gateway: kernel.gateway,
                    at: time), token)
        case .message(let id, let facts): commit(.note(facts, of: id, by: nil), token)
        }
    }

    /// Writes the consent of a blocked person. The user does not get the message, and the wish of the person counts all
    /// the same.
    func note(
        _ consent: Consent, by message: InboundMessage, of account: AccountID, _ user: User, _ token: StorageToken?
    ) {
        guard case .peer = message.origin, let line = line(of: account, user) else {
            if let token { kernel.order(.storageAnswer(token, .stored)) }
            return
        }
        let localpart = kernel.rules.localpart(of: message.origin.address)
        write(
            NoteConsent(
                ConsentNote(consent, for: line), of: localpart, gateway: kernel.gateway,
                at: message.sentAt ?? kernel.world.now()), token)
    }

    /// The unique value from which an account sends messages; nil if it has none.
    func line(of account: AccountID, _ user: User) -> UniqueValue? {
        kernel.description.line(of: accounts.settings(of: user, network: account.network))
    }

    private func write(_ change: NoteConsent, _ token: StorageToken?) { commit(.other(AnyChange(change)), token) }

    private func commit(_ change: Change, _ token: StorageToken?) {
        kernel.commit(change, .note(NoteSlip(Self.id, Fact(token: token))))
    }

    /// Takes the registry's answer to a fact. If it could not be stored, the adapter must offer it again.
    func committed(_ note: any Note, _ result: Result<ChangeReply, RegistryError>) {
        guard let fact = note as? Fact, let token = fact.token else { return }
        switch result {
        case .success: kernel.order(.storageAnswer(token, .stored))
        case .failure:
            kernel.count(.notStored)
            kernel.order(.storageAnswer(token, .refused(.registryAway)))
        }
    }
}
