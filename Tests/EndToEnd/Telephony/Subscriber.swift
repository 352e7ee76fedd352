import ServerRig

/// A person on XMPP with a telephone number of the gateway.
struct Subscriber {
    let deployment: Deployment
    let user: XMPPUser
    let number: String

    /// Registers a user with a number. Each number is used once per deployment, so each scenario has its own.
    static func registered(
        _ name: String = "alice", number: String, in deployment: Deployment
    ) async throws -> Subscriber {
        let user = try await deployment.user(name)
        let answer = try await user.register(with: deployment.sms, ["phone": number])
        guard answer.type == "result" else {
            throw RigFailure("\(number) could not be registered: \(answer)")
        }
        try await user.expect("words about the registration") {
            $0.name == "message" && $0.from == deployment.sms && $0.body?.hasPrefix("You are registered") == true
        }
        return Subscriber(deployment: deployment, user: user, number: number)
    }

    /// The address of a phone on XMPP.
    func address(_ number: String) -> String { "\(number)@\(deployment.sms)" }

    /// Sends an SMS to this user as Kannel would, and returns the answer of the webhook, after which the message is on
    /// record.
    func webhook(
        from sender: String, text: String, id: String, token: String = Numbers.token
    ) async throws -> HTTPExchange {
        let path = Numbers.inboundPath(
            domain: deployment.sms, token: token,
            values: ["from": sender, "to": number, "text": text, "charset": "UTF-8", "coding": "0", "id": id])
        return try await HTTPExchange.get(port: deployment.martlet.webhookPort, path)
    }
}
