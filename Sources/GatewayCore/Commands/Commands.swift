import GatewayKit
import XML
import XMPP

/// Serves the commands that features add: as ad-hoc commands (XEP-0050), in chats with the gateway and its networks,
/// and as in-band registration (XEP-0077).
final class Commands: Feature {
    let kernel: Kernel
    let home: HomeStream
    private let sessions: UserTable<CommandSessions>
    /// Bounds the memory of the long answers that the clients of all users read.
    var heldPages = HeldPageBudget()
    private(set) var definitions: [CommandDefinition] = []
    /// Called before an operator's command is carried out.
    private var record: (CommandDefinition, CommandDefinition.Call) -> Void = { _, _ in }
    /// Handles messages to the gateway that are no commands; nil if nobody reads them. If it is set, only whole words
    /// in lower case are commands.
    var networkLineHandler: ((Message, User) -> Void)?

    init(_ kernel: Kernel, _ home: HomeStream) {
        self.kernel = kernel
        self.home = home
        sessions = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        routes.query(.set, "command", Command.namespace, on: [.gateway, .network]) {
            [self] query throws(StanzaError) in try execute(query)
        }
        routes.query(.set, "command", Command.namespace, on: .room, isAdvertised: false) {
            [self] query throws(StanzaError) in try execute(query)
        }
        routes.advertise(Command.namespace, on: .room) { [self] _ in hasCommands(at: .room) }
        routes.query(.get, "query", Registration.namespace, on: [.gateway, .network]) {
            [self] query throws(StanzaError) in try registrationForm(for: query)
        }
        routes.query(.set, "query", Registration.namespace, on: [.gateway, .network]) {
            [self] query throws(StanzaError) in try submitRegistration(query)
        }
        routes.messages(to: .gateway) { [self] message, user, target in chat(message, user, target) }
        routes.moments.unregistered.append { [self] in sessions[$0]?.dropPages() }
        routes.moments.keepsUser.append { [self] in sessions[$0]?.isWaiting(at: kernel.world.now()) ?? false }
    }

    func close() {
        definitions = []
        heldPages.removeAll()
        record = { _, _ in }
        networkLineHandler = nil
    }

    /// Adds a command. Features call this in `register(in:)`.
    func add(_ definition: CommandDefinition) { definitions.append(definition) }

    /// Sets the function that is called before an operator's command is carried out.
    func setOperatorRecorder(_ record: @escaping (CommandDefinition, CommandDefinition.Call) -> Void) {
        self.record = record
    }

    /// Whether there are commands for a kind of address.
    func hasCommands(at targets: TargetKinds) -> Bool { definitions.contains { $0.targets.contains(targets) } }

    /// Whether a user may see and execute a command.
    func mayUse(_ definition: CommandDefinition, _ user: User) -> Bool {
        switch definition.permission {
        case .everybody: true
        case .operators: kernel.settings.isAdmin(user.jid)
        case .programOperators: kernel.settings.isProgramAdmin(user.jid)
        }
    }

    /// The unfinished commands of a user.
    func sessions(of user: User) -> CommandSessions {
        if let sessions = sessions[user] { return sessions }
        let new = CommandSessions()
        sessions[user] = new
        return new
    }

    /// Carries out a command whose steps are all answered.
    func run(_ progress: CommandProgress, _ user: User, _ asker: Asker) throws(StanzaError) -> CommandDefinition.Reply {
        let call = progress.call(user, asker)
        if progress.definition.permission != .everybody { record(progress.definition, call) }
        return try progress.definition.run(call)
    }

    // MARK: Discovery

    /// The list of commands that a user may execute at an address, for service discovery (XEP-0050 §2.2).
    func items(for query: Query) -> DiscoItems {
        var items = DiscoItems(node: Command.namespace)
        items.items = offered(at: query.target, query.user).map {
            DiscoItems.Item(query.to, node: $0.node, name: $0.name)
        }
        return items
    }

    /// The identity and features of a command, for service discovery; nil if the address has no such command for the
    /// user.
    func info(of node: String, for query: Query) -> DiscoInfo? {
        guard let definition = definition(node, for: query), mayUse(definition, query.user) else { return nil }
        let identity = DiscoInfo.Identity("automation", "command-node", name: definition.name)
        var info = DiscoInfo(node: node, identities: [identity])
        info.features = [Command.namespace, DataForm.namespace]
        return info
    }

    /// The command that a user executes or asks about; nil if it is not offered there.
    func definition(_ node: String, for query: Query) -> CommandDefinition? {
        definitions.first {
            $0.node == node && $0.targets.contains(query.target.kind) && $0.isOffered(query.user, query.target)
        }
    }

    /// The commands that a user may execute at an address.
    func offered(at target: Target, _ user: User) -> [CommandDefinition] {
        definitions.filter { $0.targets.contains(target.kind) && mayUse($0, user) && $0.isOffered(user, target) }
    }

    // MARK: Answers

    /// Sends the answer to a request: as the result of its IQ or command, or as chat messages. A refusal that is about
    /// a field of the command's form shows the form again, or asks for the field again.
    ///
    /// - Parameter result: the result that the user sees, or the refusal. The result of a plain IQ has no place for
    ///   words, so `.query` drops it.
    func answer(_ asker: Asker, _ result: Result<CommandResult, StanzaError>) {
        switch asker {
        case .query(let sender): home.answerQuery(of: sender, result.map { _ in nil })
        case .command(let sender, let node, let session): answerStep(of: sender, node, session, result)
        case .chat(let sender): answerChat(of: sender, result)
        case .console(let token, let command, let name): answerConsole(token, command, by: name, result)
        }
    }

    /// Answers a request with one line.
    func answer(_ asker: Asker, _ line: String) { answer(asker, .success(CommandResult(line))) }

    /// Refuses a request.
    func refuse(_ asker: Asker, _ error: StanzaError) { answer(asker, .failure(error)) }
}
