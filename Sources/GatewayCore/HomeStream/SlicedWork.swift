import DequeModule
import GatewayKit

/// Work for one user that writes many stanzas. Its feature does a slice of it whenever its turn comes.
struct SlicedJob: Hashable {
    let feature: FeatureID
    /// The feature's own name for the work.
    let task: AnyHashable

    init(_ feature: FeatureID, _ task: some Hashable) {
        self.feature = feature
        self.task = AnyHashable(task)
    }
}

/// The jobs of all users, in turns: one slice of one job each. A slice is written only when the home server is known to
/// have taken most of the slices before it. So whatever one user sets off, the answers to all others never wait behind
/// more than `window` stanzas of this kind.
///
/// A job that is asked for again while it waits or runs is done once more after its end, not once for each time.
struct SlicedWork {
    /// The jobs of one user.
    private struct Line {
        /// The first one is at work.
        var jobs: Deque<SlicedJob> = []
        var known: Set<SlicedJob> = []
        var repeated: Set<SlicedJob> = []
    }

    /// Maximum of unconfirmed stanzas; the last slice may exceed it.
    static let window = 1_000

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

    func has(_ job: SlicedJob, of user: UserID) -> Bool { lines[user]?.known.contains(job) ?? false }

    /// Jobs of a user that wait or run and are of this kind.
    func count(of user: UserID, where isMeant: (SlicedJob) -> Bool) -> Int {
        lines[user]?.jobs.count(where: isMeant) ?? 0
    }

    mutating func add(_ job: SlicedJob, of user: UserID) {
        if lines[user] == nil { turns.append(user) }
        guard lines[user, default: Line()].known.insert(job).inserted else {
            lines[user]?.repeated.insert(job)
            return
        }
        lines[user]?.jobs.append(job)
    }

    /// Takes back all jobs of a user but this one, which begins anew.
    mutating func replaceAll(with job: SlicedJob, of user: UserID) {
        if lines[user] == nil { turns.append(user) }
        lines[user] = Line(jobs: [job], known: [job])
    }

    /// The job whose turn it is. The caller does a slice of it and then says whether it is finished.
    mutating func next() -> (user: UserID, job: SlicedJob)? {
        guard let user = turns.popFirst(), let job = lines[user]?.jobs.first else { return nil }
        return (user, job)
    }

    /// A slice of the job has been done.
    mutating func did(_ job: SlicedJob, of user: UserID, isFinished: Bool) {
        guard var line = lines[user], line.jobs.first == job else { return }
        // Without the copy in the table the line is changed in place, not copied.
        lines[user] = nil
        if isFinished {
            line.jobs.removeFirst()
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
}
