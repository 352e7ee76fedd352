import GatewayKit
import XMPP

/// Carries out `SlicedWork`: whatever one stanza or event sets off that is more than a few stanzas.
final class Slices: Feature {
    private let kernel: Kernel
    private let home: HomeStream
    private var work = SlicedWork()

    init(_ kernel: Kernel, _ home: HomeStream) {
        self.kernel = kernel
        self.home = home
        home.whenResending { [self] in plan() }
    }

    func register(in routes: inout Routes) {
        // What was written is gone with the stream. Features start their work again when it is back.
        routes.moments.linkClosed.append { [self] in work = SlicedWork() }
    }

    var isEmpty: Bool { work.isEmpty }

    /// Whether a job of a user waits or runs.
    func has(_ job: SlicedJob, of user: UserID) -> Bool { work.has(job, of: user) }

    /// Jobs of a user that wait or run and are of this kind.
    func count(of user: UserID, where isMeant: (SlicedJob) -> Bool) -> Int { work.count(of: user, where: isMeant) }

    /// Starts a job. Its first slice is written at once if nothing else waits, so that small rooms and short lists of
    /// contacts are shown in the turn in which they were asked for.
    func begin(_ job: SlicedJob, for user: UserID) {
        let isAlone = work.isEmpty
        work.add(job, of: user)
        if isAlone, mayWrite { doSlice() }
        plan()
    }

    /// Starts a job in place of all other jobs of the user.
    func beginOnly(_ job: SlicedJob, for user: UserID) {
        let isAlone = work.isEmpty
        work.replaceAll(with: job, of: user)
        if isAlone, mayWrite { doSlice() }
        plan()
    }

    /// Adds a job that waits for its turn.
    func add(_ job: SlicedJob, for user: UserID) {
        work.add(job, of: user)
        plan()
    }

    /// The number of ordered effects at which the present slice ends.
    var end: Int { kernel.orderedCount + kernel.settings.limits.slice }

    /// Stanzas that the stream has refused go before new slices.
    private var mayWrite: Bool { kernel.isLinkOpen && work.mayWrite && !home.outbox.isResendPlanned }

    private func plan() {
        guard mayWrite, !work.isEmpty, !work.isPlanned else { return }
        work.isPlanned = true
        kernel.order(.later(.slice))
    }

    func sliceDue() {
        work.isPlanned = false
        guard mayWrite else { return }
        doSlice()
        plan()
    }

    /// The home server has taken everything that the slices have written up to the last checkpoint.
    func confirmed() {
        if work.confirmed(slice: kernel.settings.limits.slice) { kernel.order(.checkpoint(.slices)) }
        plan()
    }

    private func doSlice() {
        guard let (user, job) = work.next() else { return }
        let before = kernel.orderedCount
        let isFinished = kernel.routes.slices[job.feature]?(job.task, user) ?? true
        work.did(job, of: user, isFinished: isFinished)
        if work.wrote(kernel.orderedCount - before, slice: kernel.settings.limits.slice) {
            kernel.order(.checkpoint(.slices))
        }
    }
}
