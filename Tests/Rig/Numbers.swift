/// The agreement between the operators of the gateway and of Kannel: the numbers, and the address that Kannel calls.
package enum Numbers {
    /// Numbers of the account whose messages reach phones.
    package static let ofPhones = (100...199).map { "+12025550\($0)" }
    /// Numbers of the account whose messages end as the last digit of the recipient's number says (`ScriptedSMSC`).
    package static let scripted = (200...299).map { "+12025550\($0)" }
    /// The number of the account whose provider signs its calls.
    package static let ofSigner = "+12025550300"
    /// The secret in the addresses that Kannel calls.
    package static let token = "webhook-token"

    /// The `get-url` in Kannel's configuration, with Kannel's own placeholders.
    package static func inboundAddress(port: Int, domain: String) -> String {
        "http://127.0.0.1:\(port)" + path(domain, token) + "&from=%p&to=%P&text=%b&charset=%C&coding=%c&ts=%t&id=%I"
    }

    /// The path that Kannel requests when a message has come in.
    package static func inboundPath(domain: String, token: String, values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }.reduce(path(domain, token)) {
            $0 + "&\($1.key)=\(HTTPExchange.encode($1.value))"
        }
    }

    private static func path(_ domain: String, _ token: String) -> String {
        "/sms/\(domain)/main/inbound?token=\(token)"
    }
}
