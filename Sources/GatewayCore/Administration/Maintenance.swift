import GatewayKit
import Registry
import XMPP

/// The operators' command `maintenance`: before a restart, the gateway opens no new sessions and takes no new messages
/// for the ledger, so that none waits. Open sessions and messages from the network go on. The state ends with the
/// program.
final class Maintenance: Feature {
    private static let id: FeatureID = "maintenance"
    /// Counts the waiting messages again.
    private static let lookTimer: TimerID = "look at the waiting messages"
    private static let pause = Duration.seconds(1)
    /// The maximum of `waiting`.
    private static let mostWaiting = 10

    private let kernel: Kernel
    private let commands: Commands
    /// The operators who get their answer when the ledger has no waiting messages.
    private var waiting: [Asker] = []
    private var isLooking = false

    /// The registry is counting the waiting messages.
    private struct Count: Note {
        /// The operator who gets the number at once; nil if the number is for `waiting`.
        let asker: Asker?
    }

    init(_ kernel: Kernel, _ commands: Commands) {
        self.kernel = kernel
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(read: { [self] in counted($0, $1) }))
        routes.timer(Self.lookTimer) { [self] in look() }
        commands.add(
            CommandDefinition(
                "maintenance", "Take no new sessions and messages before a restart, or take them again",
                for: .operators, steps: [askForState], run: change))
    }

    func close() { waiting = [] }

    private func askForState(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        let state = CommandField(
            "state", .choice, label: "State", isRequired: true, values: [kernel.isInMaintenance ? "on" : "off"],
            options: [
                CommandField.Option("on", label: "on: no new sessions and messages"),
                CommandField.Option("off", label: "off: usual work"),
            ])
        let wait = CommandField("wait", .flag, label: "Answer when no message waits for the network", values: ["0"])
        return CommandForm(title: "Maintenance", fields: [state, wait])
    }

    private func change(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        kernel.isInMaintenance = call.values.text("state") == "on"
        guard kernel.isInMaintenance else {
            for asker in waiting { commands.answer(asker, "The maintenance has been ended.") }
            waiting = []
            return .done(CommandResult("\(kernel.settings.domain) works as usual."))
        }
        guard call.values.flag("wait") else {
            count(Count(asker: call.asker))
            return .answeredLater
        }
        guard waiting.count < Self.mostWaiting else { throw .tooManyRequests }
        waiting.append(call.asker)
        if !isLooking { look() }
        return .answeredLater
    }

    private func look() {
        isLooking = !waiting.isEmpty
        if isLooking { count(Count(asker: nil)) }
    }

    private func count(_ note: Count) {
        kernel.order(.read(QueueCounts(gateway: kernel.gateway), .note(NoteSlip(Self.id, note))))
    }

    private func counted(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard let note = note as? Count else { return }
        let counts = try? result.get() as? [QueueCount]
        let left = counts.map { $0.filter { $0.state != .inbound }.reduce(0) { $0 + $1.messages } }
        if let asker = note.asker {
            guard let left else { return commands.refuse(asker, .registryAway) }
            return commands.answer(asker, words(left))
        }
        guard left == 0 else { return kernel.startTimer(Self.lookTimer, after: Self.pause) }
        for asker in waiting { commands.answer(asker, words(0)) }
        waiting = []
        isLooking = false
    }

    private func words(_ left: Int) -> String {
        let number = left == 0 ? "No message waits" : left == 1 ? "One message waits" : "\(left) messages wait"
        return "\(kernel.settings.domain) takes no new sessions and messages. \(number) for the network."
    }
}
