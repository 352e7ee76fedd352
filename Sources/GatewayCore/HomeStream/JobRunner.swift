import GatewayKit
import XMPP

/// Runs the jobs of `JobQueue`. A feature uses it if one stanza or event makes the feature write more than a few
/// stanzas.
final class JobRunner: Feature {
    /// Does the next slice of long work (`JobQueue`).
    static let sliceTimer: TimerID = "slice"

    private let kernel: Kernel
    private let home: HomeStream
    private var queue = JobQueue()

    init(_ kernel: Kernel, _ home: HomeStream) {
        self.kernel = kernel
        self.home = home
        home.whenResending { [self] in plan() }
    }

    func register(in routes: inout Routes) {
        // Stanzas of unfinished jobs may be lost with the stream. The features begin their jobs anew after the
        // reconnect.
        routes.moments.linkClosed.append { [self] in queue = JobQueue() }
        routes.timer(Self.sliceTimer) { [self] in sliceDue() }
    }

    /// Whether no job waits or runs.
    var isEmpty: Bool { queue.isEmpty }

    /// Whether a job of a user waits or runs.
    func has(_ job: SlicedJob, of user: UserID) -> Bool { queue.has(job, of: user) }

    /// The number of a user's waiting and running jobs that meet the condition.
    func count(of user: UserID, where isMeant: (SlicedJob) -> Bool) -> Int { queue.count(of: user, where: isMeant) }

    /// Starts a job. Its first slice is written at once if no other job waits, so that small rooms and short contact
    /// lists are shown without delay.
    func start(_ job: SlicedJob, for user: UserID) {
        let isAlone = queue.isEmpty
        queue.enqueue(job, of: user)
        if isAlone, mayWrite { doSlice() }
        plan()
    }

    /// Starts a job, and drops all other jobs of the user.
    func replaceAll(with job: SlicedJob, for user: UserID) {
        let isAlone = queue.isEmpty
        queue.replaceAll(with: job, of: user)
        if isAlone, mayWrite { doSlice() }
        plan()
    }

    /// Adds a job that waits for its turn.
    func enqueue(_ job: SlicedJob, for user: UserID) {
        queue.enqueue(job, of: user)
        plan()
    }

    /// The value of `Kernel.orderedCount` at which a slice that begins now must end.
    var end: Int { kernel.orderedCount + kernel.settings.limits.slice }

    /// Whether a slice may be written now. Stanzas that the stream has refused go before new slices.
    private var mayWrite: Bool { kernel.isLinkOpen && queue.mayWrite && !home.outbox.isResendPlanned }

    /// Orders the next slice, unless it is ordered already.
    private func plan() {
        guard mayWrite, !queue.isEmpty, !queue.isPlanned else { return }
        queue.isPlanned = true
        kernel.order(.later(TimerTag(Self.sliceTimer)))
    }

    /// The turn of the ordered slice has come.
    func sliceDue() {
        queue.isPlanned = false
        guard mayWrite else { return }
        doSlice()
        plan()
    }

    /// The home server has every stanza that the slices have written before the last checkpoint.
    func confirmed() {
        if queue.confirmed(slice: kernel.settings.limits.slice) { kernel.order(.checkpoint(.slices)) }
        plan()
    }

    private func doSlice() {
        guard let (user, job) = queue.next() else { return }
        let before = kernel.orderedCount
        let isFinished = kernel.routes.slices[job.feature]?(job.task, user) ?? true
        queue.did(job, of: user, isFinished: isFinished)
        if queue.wrote(kernel.orderedCount - before, slice: kernel.settings.limits.slice) {
            kernel.order(.checkpoint(.slices))
        }
    }
}
