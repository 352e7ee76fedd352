import DequeModule
import GatewayKit
import XMPP

/// Work that writes many stanzas, done in slices. Users take turns, one slice each, and a slice is written only when the
/// home server is known to have taken most of the slices before it. So whatever one user sets off, the answers to all
/// others never wait behind more than `window` stanzas of this kind.
///
/// A job that is asked for again while it waits or runs is done once more after its end, not once for each time.
struct SlicedWork {
    enum Job: Hashable {
        /// The presence of all contacts, for a resource of the user that has appeared.
        case contacts(for: JID)
        /// The presence of the contacts that are available: the stream has opened.
        case arrival
        /// The unavailable presence of all contacts: the gateway stops.
        case departure
        /// The presence of the contacts on a network: its link is up or down.
        case peers(NetworkID)
        /// The end of all subscriptions: the user has unregistered.
        case removal
        /// The occupants of a room, and then its events since the first of its welcomes began.
        case welcome(RoomAddress)
        /// Asks the user's resources in a room whether they are still there: the stream was broken.
        case check(RoomAddress)
    }

    /// The jobs of one user.
    private struct Line {
        /// The first one is at work.
        var jobs: Deque<Job> = []
        var known: Set<Job> = []
        var repeated: Set<Job> = []
        /// How far the first job has come. Its meaning is the job's own.
        var cursor = Cursor()
        /// The localparts of contacts whose subscriptions end.
        var removed: [String] = []
    }

    /// How far a job has come.
    struct Cursor {
        /// The contacts that are left; nil if the job has not begun.
        var contacts: ArraySlice<String>?
        /// Members of a room that have been dealt with.
        var members = 0
    }

    /// Maximum of unconfirmed stanzas; the last slice may exceed it.
    static let window = 1_000
    /// Resources of one user that may be shown the contacts at once.
    static let mostResources = 20

    private var lines: [UserID: Line] = [:]
    private var turns: Deque<UserID> = []
    private var unconfirmed = 0
    /// Of the unconfirmed stanzas, those that the checkpoint under way covers; zero if there is none.
    private var covered = 0
    /// The next slice is ordered.
    var isPlanned = false

    var isEmpty: Bool { lines.isEmpty }
    /// Whether the window has room for another slice.
    var mayWrite: Bool { unconfirmed < Self.window }

    /// Whether a resource may be shown the contacts beside those that wait already.
    func takes(resource: JID, of user: UserID) -> Bool {
        guard let line = lines[user], !line.known.contains(.contacts(for: resource)) else { return true }
        return line.jobs.count { if case .contacts = $0 { true } else { false } } < Self.mostResources
    }

    mutating func add(_ job: Job, of user: UserID) {
        if lines[user] == nil { turns.append(user) }
        guard lines[user, default: Line()].known.insert(job).inserted else {
            lines[user]?.repeated.insert(job)
            return
        }
        lines[user]?.jobs.append(job)
    }

    /// Ends the subscriptions of a user who has unregistered, in place of all other work for them.
    mutating func addRemoval(of contacts: [String], user: UserID) {
        if lines[user] == nil { turns.append(user) }
        var line = Line()
        line.removed = contacts
        line.jobs = [.removal]
        line.known = [.removal]
        lines[user] = line
    }

    /// The contacts whose subscriptions end.
    func removed(of user: UserID) -> [String] { lines[user]?.removed ?? [] }

    /// The job whose turn it is, with what it needs to go on. The caller does a slice of it and then says how far it has come.
    mutating func next() -> (user: UserID, job: Job, cursor: Cursor)? {
        guard let user = turns.popFirst(), let line = lines[user], let job = line.jobs.first else { return nil }
        return (user, job, line.cursor)
    }

    /// A slice of the job has been done. - Parameter cursor: nil if the job is finished.
    mutating func did(_ job: Job, of user: UserID, cursor: Cursor?) {
        guard var line = lines[user], line.jobs.first == job else { return }
        // Without the copy in the table the line is changed in place, not copied.
        lines[user] = nil
        if let cursor {
            line.cursor = cursor
        } else {
            line.jobs.removeFirst()
            line.cursor = Cursor()
            if line.repeated.remove(job) != nil {
                line.jobs.append(job)
            } else {
                line.known.remove(job)
            }
        }
        guard !line.jobs.isEmpty else { return }
        lines[user] = line
        turns.append(user)
    }

    /// Counts stanzas of a slice. True if a checkpoint is to follow them.
    mutating func wrote(_ count: Int, slice: Int) -> Bool {
        unconfirmed += count
        guard covered == 0, unconfirmed >= slice else { return false }
        covered = unconfirmed
        return true
    }

    /// The home server has taken everything up to the last checkpoint. True if another one is to follow.
    mutating func confirmed(slice: Int) -> Bool {
        unconfirmed -= covered
        covered = 0
        return wrote(0, slice: slice)
    }

    /// The stream is gone, and with it what was written. The end of subscriptions begins anew when it is back; the
    /// caller starts everything else again.
    mutating func linkBroke() {
        let removals = lines.compactMapValues { $0.removed.isEmpty ? nil : $0.removed }
        self = SlicedWork()
        for (user, contacts) in removals { addRemoval(of: contacts, user: user) }
    }
}
