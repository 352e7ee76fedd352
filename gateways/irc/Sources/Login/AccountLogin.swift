/// The login to the user's account on one connection. It is an object, because most users have no account.
final class AccountLogin: Sendable {
    let credentials: Credentials
    /// The account service for networks without SASL. Nil if there is none.
    let service: AccountService?
    /// As for `ScramExchange`; used for this connection only.
    let nonce: String

    init(_ credentials: Credentials, service: AccountService?, nonce: String) {
        self.credentials = credentials
        self.service = service
        self.nonce = nonce
    }
}
