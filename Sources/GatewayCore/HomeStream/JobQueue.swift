import DequeModule
import GatewayKit

/// A job that writes many stanzas for one user. Its feature does one slice of the job at a time.
struct SlicedJob: Hashable {
    let feature: FeatureID
    /// The feature's own key for the job.
    let task: AnyHashable

    init(_ feature: FeatureID, _ task: some Hashable) {
        self.feature = feature
        self.task = AnyHashable(task)
    }
}

/// The jobs of all users. The users take turns; a turn is one slice of the user's first job.
///
/// A slice is written only while fewer than `window` stanzas of earlier slices are unconfirmed. So the answers to other
/// users never wait behind many more stanzas than `window`, even if one user causes much work.
///
/// A job that is added again while it waits or runs is repeated once after its end, however often it was added.
struct JobQueue {
    /// The jobs of one user.
    private struct Line {
        /// The jobs in order. The first job runs, the others wait.
        var jobs: Deque<SlicedJob> = []
        /// The same jobs as a set.
        var known: Set<SlicedJob> = []
        /// The jobs that are repeated after their end.
        var repeated: Set<SlicedJob> = []
    }

    /// The maximum of unconfirmed stanzas. The last slice may exceed it.
    static let window = 1_000

    private var lines: [UserID: Line] = [:]
    private var turns: Deque<UserID> = []
    private var unconfirmed = 0
    /// The unconfirmed stanzas that the checkpoint under way covers; zero if no checkpoint is under way.
    private var covered = 0
    /// Whether the next slice has been ordered.
    var isPlanned = false

    /// Whether no job waits or runs.
    var isEmpty: Bool { lines.isEmpty }
    /// Whether the window has room for another slice.
    var mayWrite: Bool { unconfirmed < Self.window }

    /// Whether a job of a user waits or runs.
    func has(_ job: SlicedJob, of user: UserID) -> Bool { lines[user]?.known.contains(job) ?? false }

    /// The number of a user's waiting and running jobs that meet the condition.
    func count(of user: UserID, where isMeant: (SlicedJob) -> Bool) -> Int {
        lines[user]?.jobs.count(where: isMeant) ?? 0
    }

    /// Adds a job behind the user's other jobs. A job that waits or runs already is repeated after its end instead.
    mutating func enqueue(_ job: SlicedJob, of user: UserID) {
        if lines[user] == nil { turns.append(user) }
        guard lines[user, default: Line()].known.insert(job).inserted else {
            lines[user]?.repeated.insert(job)
            return
        }
        lines[user]?.jobs.append(job)
    }

    /// Replaces all jobs of a user by this job, which begins anew.
    mutating func replaceAll(with job: SlicedJob, of user: UserID) {
        if lines[user] == nil { turns.append(user) }
        lines[user] = Line(jobs: [job], known: [job])
    }

    /// Begins the next turn and returns its job; nil if no job waits. The caller does one slice of the job and then
    /// calls `did`.
    mutating func next() -> (user: UserID, job: SlicedJob)? {
        guard let user = turns.popFirst(), let job = lines[user]?.jobs.first else { return nil }
        return (user, job)
    }

    /// Ends a turn after a slice of its job. A finished job is removed, or queued again if it is to be repeated.
    mutating func did(_ job: SlicedJob, of user: UserID, isFinished: Bool) {
        guard var line = lines[user], line.jobs.first == job else { return }
        // The table's reference is dropped first, so that the line is changed in place and not copied.
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

    /// Counts the stanzas that a slice has written. Returns true if the caller must order a checkpoint behind them.
    ///
    /// - Parameter slice: the number of unconfirmed stanzas from which on a checkpoint is worth its cost.
    mutating func wrote(_ count: Int, slice: Int) -> Bool {
        unconfirmed += count
        guard covered == 0, unconfirmed >= slice else { return false }
        covered = unconfirmed
        return true
    }

    /// Confirms the stanzas of the checkpoint under way. Returns true if the caller must order another checkpoint.
    mutating func confirmed(slice: Int) -> Bool {
        unconfirmed -= covered
        covered = 0
        return wrote(0, slice: slice)
    }
}
