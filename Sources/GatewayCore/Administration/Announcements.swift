import DequeModule
import GatewayKit
import Logging
import Registry
import XMPP

/// The operators' command `announce` (XEP-0133 §4.23): sends a message to all users, or to those who are connected to
/// a network now.
final class Announcements: Feature {
    private static let id: FeatureID = "announcements"
    /// Reads the next users again, after a failed read.
    private static let readTimer: TimerID = "announcement to users"
    /// Users in one page of the registry.
    private static let page = 200
    /// Maximum of announcements under way.
    private static let most = 10

    private let kernel: Kernel
    private let home: HomeStream
    private let jobs: JobRunner
    private let accounts: Accounts
    private let commands: Commands
    /// The announcements under way, by number.
    private var announcements: [Int: Announcement] = [:]
    private var lastNumber = 0

    /// An announcement under way.
    private struct Announcement {
        let words: String
        /// Whether only registered users get it.
        var onlyRegistered = false
        /// The next users.
        var users: Deque<JID> = []
        /// The last user of the latest page. The next page begins after this user.
        var lastOfPage: UserID?
        /// Whether the next page is being read, or is to be read again soon.
        var isReading = false
        /// Whether no users follow those in `users`.
        var isComplete: Bool
        /// The number of users who have been sent the announcement.
        var sentCount = 0
    }

    /// The registry is reading the next page of users for an announcement.
    private struct PageNote: Note { let number: Int }

    /// The job that sends an announcement.
    private struct Job: Hashable { let number: Int }

    init(_ kernel: Kernel, _ home: HomeStream, _ jobs: JobRunner, _ accounts: Accounts, _ commands: Commands) {
        self.kernel = kernel
        self.home = home
        self.jobs = jobs
        self.accounts = accounts
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(read: { [self] in read($0, $1) }))
        routes.timer(Self.readTimer, about: PageNote.self) { [self] in readPage($0.number) }
        routes.slices(Self.id) { [self] task, _ in (task as? Job).map { doSlice($0.number) } ?? true }
        routes.moments.linkOpened.append { [self] in for number in announcements.keys { enqueue(number) } }
        commands.add(
            CommandDefinition(
                "http://jabber.org/protocol/admin#announce", word: "announce", "Send an announcement to users",
                for: .operators, steps: [askForText], run: announce))
    }

    private func askForText(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        let text = CommandField("announcement", .lines, label: "Announcement", isRequired: true)
        let audience = CommandField(
            "audience", .choice, label: "To", values: ["connected"],
            options: [
                CommandField.Option("connected", label: "users who are connected to a network now"),
                CommandField.Option("all", label: "all users with settings or contacts"),
            ])
        return CommandForm(title: "Announcement", type: "http://jabber.org/protocol/admin", fields: [text, audience])
    }

    private func announce(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        guard announcements.count < Self.most else {
            throw StanzaError(.resourceConstraint, "\(Self.most) announcements are being sent. Try again later.")
        }
        var announcement = Announcement(words: call.values.text("announcement") ?? "", isComplete: true)
        let isForAll = call.values.text("audience") == "all"
        // With sessions of kind `withUser`, every registered user counts as connected, also a user who is not loaded.
        // So the users come from the registry.
        announcement.onlyRegistered = !isForAll && kernel.description.sessions == .withUser
        guard isForAll || announcement.onlyRegistered else {
            let users = kernel.users.loaded.filter {
                kernel.mayUse($0.jid) && !accounts.networksOpen(of: $0).isEmpty
            }
            announcement.users = Deque(users.map(\.jid))
            begin(announcement)
            let number = users.count == 1 ? "one user" : "\(users.count) users"
            return .done(CommandResult("The announcement is being sent to \(number)."))
        }
        announcement.isComplete = false
        begin(announcement)
        let audience = isForAll ? "all users" : "all registered users"
        return .done(CommandResult("The announcement is being sent to \(audience)."))
    }

    // MARK: Sending

    private func begin(_ announcement: Announcement) {
        lastNumber += 1
        announcements[lastNumber] = announcement
        if announcement.isComplete { enqueue(lastNumber) } else { readPage(lastNumber) }
    }

    private func enqueue(_ number: Int) {
        jobs.enqueue(SlicedJob(Self.id, Job(number: number)), for: UserID(kernel.gateway))
    }

    private func readPage(_ number: Int) {
        guard let announcement = announcements[number], !kernel.isStopping else { return }
        announcements[number]?.isReading = true
        let query = UserPage(gateway: kernel.gateway, after: announcement.lastOfPage, limit: Self.page)
        kernel.order(.read(query, .note(NoteSlip(Self.id, PageNote(number: number)))))
    }

    private func read(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard let note = note as? PageNote else { return }
        guard case .success(let users as [KnownUser]) = result else {
            return kernel.startTimer(Self.readTimer, about: note, after: .seconds(5))
        }
        let onlyRegistered = announcements[note.number]?.onlyRegistered == true
        let wanted = users.filter { $0.isRegistered || !onlyRegistered }
        announcements[note.number]?.isReading = false
        let allowed = wanted.compactMap { try? JID($0.user.rawValue) }.filter { kernel.mayUse($0) }
        announcements[note.number]?.users += allowed
        announcements[note.number]?.lastOfPage = users.last?.user
        announcements[note.number]?.isComplete = users.count < Self.page
        enqueue(note.number)
    }

    /// Sends an announcement to the next users. Returns false if users of the page are left.
    private func doSlice(_ number: Int) -> Bool {
        guard let words = announcements[number]?.words, announcements[number]?.isReading == false else { return true }
        let end = jobs.end
        while kernel.orderedCount < end, let user = announcements[number]?.users.popFirst() {
            tell(words, user)
            announcements[number]?.sentCount += 1
        }
        guard let announcement = announcements[number], announcement.users.isEmpty else { return false }
        guard announcement.isComplete else {
            readPage(number)
            return true
        }
        announcements[number] = nil
        kernel.log(.notice, "an announcement was sent", ["users": "\(announcement.sentCount)"])
        return true
    }

    private func tell(_ words: String, _ user: JID) {
        let head = StanzaHead(to: user, from: kernel.settings.domain, id: kernel.world.newID())
        let subject = Message.subject("Announcement of \(kernel.settings.domain)")
        home.deliver(.direct(Message(head, type: .normal, body: words, payload: [subject])))
    }
}
