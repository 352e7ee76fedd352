import DequeModule
import GatewayKit
import Logging
import Registry
import XMPP

/// Handles the inputs that have waited for the stored data of their user.
extension Dispatch {
    /// Takes the answer of the store: makes the user and handles the inputs that waited, or refuses them.
    ///
    /// - Parameter handle: handles an input that is no stanza.
    func loaded(_ id: UserID, _ result: Result<UserRecord, RegistryError>, handle: (Input) -> Void) {
        guard let jid = try? JID(id.rawValue) else { return kernel.users.takeWaiting(of: id).forEach(failed) }
        switch result {
        case .failure(let error):
            kernel.log(.error, "the data of a user cannot be read", ["user": "\(id)", "reason": "\(error)"])
            for input in kernel.users.takeWaiting(of: id) { failed(input) }
        case .success(let stored):
            let (user, inputs) = kernel.users.add(jid, isAllowed: kernel.settings.allows(jid))
            for subscriber in kernel.routes.moments.userLoaded { subscriber(user, stored) }
            for input in inputs {
                if case .stanza(let stanza) = input { dispatch(stanza, user) } else { handle(input) }
            }
            forgetSome()
        }
    }

    private func failed(_ input: Input) {
        switch input {
        case .stanza(let stanza): refuse(stanza, .registryAway)
        case .event(let account, let event, let token): refuse(event, of: account, token)
        case .timer(let tag): kernel.order(.timer(tag, after: .seconds(5)))
        default: break
        }
    }

    /// Refuses an event whose user cannot be loaded. The adapter offers an event with a token again. Any other event is
    /// lost.
    func refuse(_ event: Event, of account: AccountID, _ token: StorageToken?) {
        if let token { return kernel.order(.storageAnswer(token, .refused(.registryAway))) }
        kernel.count(.stanzasIgnored)
    }

    private func forgetSome() {
        let moments = kernel.routes.moments
        kernel.users.forgetSome(
            keeps: { user in moments.keepsUser.contains { $0(user) } },
            forget: { user in for subscriber in moments.userForgotten { subscriber(user) } })
    }
}
