import GatewayKit

extension SlashCommand {
    /// The names of the commands that make accounts.
    static let accountNames = AccountCommandNames(register: "register", verify: "verify")

    /// Commands that make an account on networks with `draft/account-registration` (IRCv3).
    static let accounts: [SlashCommand] = [
        SlashCommand(
            accountNames.register, usage: "/register account email password (* for your nick, * for no address)"
        ) { arguments, context throws(Failure) in
            try checkAccountRegistration(context)
            let account = try arguments.parameter()
            let mail = try arguments.parameter()
            guard let password = arguments.text() else { throw .misused }
            let name = account.text == "*" ? context.nick : account.text
            return try line(
                .register, account, mail, password,
                "The network was asked to make the account \(name). To log in with it from now on, send 'settings' to"
                    + " the network's address and save the password there.")
        },
        SlashCommand(accountNames.verify, usage: "/verify account code") { arguments, context throws(Failure) in
            try checkAccountRegistration(context)
            let account = try arguments.parameter()
            let code = try arguments.parameter()
            return try line(.verify, account, nil, code.text, "The code was sent to the network.")
        },
    ]

    private static func checkAccountRegistration(_ context: Context) throws(Failure) {
        guard !context.makesAccounts else { return }
        let words = "Clients cannot register accounts on this network. Ask its service, as with /ns help register."
        throw Failure(.unsupported, words + " Nothing was sent.")
    }

    /// A line whose last parameter is a secret. Throws if it is too long for the server.
    private static func line(
        _ verb: Verb, _ first: MiddleParameter, _ second: MiddleParameter?, _ secret: String, _ confirmation: String
    ) throws(Failure) -> Deed {
        guard secret.utf8.count <= OutboundLine.room(verb, first, second) else {
            throw Failure(.tooLong, "The line is too long for IRC. Nothing was sent.")
        }
        let line = OutboundLine(verb, first, second, trailing: TrailingParameter(secret))
        return .line(line, confirmation: confirmation)
    }
}
