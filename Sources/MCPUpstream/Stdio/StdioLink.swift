package import MCPCore
package import NIOCore
import NIOPosix

/// Steps 8 and 9 of 17 of a call: after ``Conversation``; then before it.
///
/// A server that runs as a child process and speaks over its standard streams.
///
/// Each message is one line ([stdio transport, 2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#stdio)).
/// Standard error is always read, so that the server never blocks on it, and its last lines are kept.
///
/// Confined to its event loop.
package final class StdioLink: UpstreamLink, LoopConfined, @unchecked Sendable {
    /// How much may wait for a server that does not read its input.
    private static let maximumUnwrittenBytes = 16 << 20
    /// How long a process's exit status and the end of its output may lie apart.
    private static let endGrace = TimeAmount.seconds(1)
    /// How long a process that has closed its output has to end by itself. Less than a second, so that the server does
    /// not count as one that was of use for that time.
    private static let ownEndGrace = TimeAmount.milliseconds(800)

    private enum State {
        case created
        case starting
        case open
        case closing
        case closed
    }

    package let eventLoop: any EventLoop
    package let transport = "stdio"
    package let startsProcess = true
    package private(set) var processID: Int32?

    private let settings: StdioSettings
    private var state = State.created
    private weak var receiver: (any UpstreamLinkReceiver)?
    private var pipe: (any Channel)?
    private var flushScheduled = false
    private var tail: ErrorOutputTail
    /// Due when what the tail has held back is to be looked at.
    private var tailTimer: Scheduled<Void>?
    private var stops: AsyncStream<Void>.Continuation?
    private var failure: UpstreamFailure?
    /// Lines that came before the launcher had told that the process runs.
    private var early: [ByteBuffer] = []
    private var earlyBytes = 0
    private static let tooEarly = UpstreamFailure(
        .unreadable, "it wrote more than a message before it was asked anything")
    /// Why its output could not be read any further before that.
    private var earlyFailure: UpstreamFailure?
    private var outputIsOpen = false
    private var processHasEnded = false

    package init(_ settings: StdioSettings, on eventLoop: any EventLoop) {
        self.settings = settings
        self.eventLoop = eventLoop
        self.tail = ErrorOutputTail(capacity: settings.keptErrorLines, lineRead: settings.errorLineRead)
    }

    package var recentErrorOutput: [String] { tail.last }
    package private(set) var signsOfLife = 0

    // MARK: Opening

    package func open(_ receiver: any UpstreamLinkReceiver) {
        checkConfinement()
        self.receiver = receiver
        state = .starting
        let pipes: ProcessPipes
        do throws(UpstreamFailure) {
            pipes = try makePipes()
        } catch {
            failure = error
            finish()
            return
        }
        outputIsOpen = true
        let (stopStream, stops) = AsyncStream<Void>.makeStream()
        self.stops = stops
        connect(pipes)
        launch(pipes, stopStream)
    }

    private func makePipes() throws(UpstreamFailure) -> ProcessPipes {
        guard let descriptors = settings.descriptors else { return try ProcessPipes() }
        guard descriptors.take(DescriptorAccount.perProcess) else {
            throw UpstreamFailure(
                .overloaded, "all open files that are set aside for servers are in use; raise their limit (ulimit -n)",
                nothingSent: true)
        }
        do {
            return try ProcessPipes()
        } catch {
            descriptors.giveBack(DescriptorAccount.perProcess)
            throw error
        }
    }

    /// Takes over our ends of the pipes.
    private func connect(_ pipes: ProcessPipes) {
        NIOPipeBootstrap(group: eventLoop)
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 512, initial: 4_096, maximum: ProcessPipes.outputCapacity)
            )
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = LineHandler(maximumLength: settings.maximumMessageBytes, owner: self)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .takingOwnershipOfDescriptors(input: pipes.output.reading, output: pipes.input.writing)
            .whenComplete { [self] result in
                switch result {
                case .success(let channel):
                    if processHasEnded, !outputIsOpen { channel.close(promise: nil) } else { pipe = channel }
                case .failure(let error):
                    outputIsOpen = false
                    close(because: UpstreamFailure(.commandNotRunnable, "its pipes cannot be used: \(error)"))
                }
            }
        NIOPipeBootstrap(group: eventLoop)
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ErrorOutputHandler(owner: self))
                }
            }
            .takingOwnershipOfDescriptor(input: pipes.errorOutput.reading)
            .whenFailure { [self] _ in stops?.finish() }
    }

    /// Runs the process beside the event loop: launching blocks and reaping waits, so it is a task of its own,
    /// which ends when the process tree has gone.
    private func launch(_ pipes: ProcessPipes, _ stopStream: AsyncStream<Void>) {
        let eventLoop = self.eventLoop
        settings.census?.begin()
        Task { [settings, self] in
            let outcome: Result<StdioProcess.Ending, UpstreamFailure>
            do throws(UpstreamFailure) {
                outcome = .success(
                    try await StdioProcess.run(settings, pipes: pipes, stops: stopStream) { processID in
                        eventLoop.execute { self.processStarted(processID) }
                    }
                )
            } catch {
                outcome = .failure(error)
            }
            settings.census?.end()
            settings.descriptors?.giveBack(DescriptorAccount.perProcess)
            eventLoop.execute { self.processEnded(outcome) }
        }
    }

    private func processStarted(_ processID: Int32) {
        self.processID = processID
        guard state == .starting else {
            stops?.yield()
            return
        }
        state = .open
        receiver?.linkOpened()
        let lines = early
        early = []
        for line in lines { receiver?.linkReceived(line, relatedTo: nil) }
        if let earlyFailure { close(because: earlyFailure) } else if !outputIsOpen { outputEnded() }
    }

    // MARK: Carrying messages

    package func send(_ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?) {
        checkConfinement()
        guard let pipe, state == .open else {
            if case .request(let id) = kind {
                receiver?.linkFailed(id, UpstreamFailure(.processEnded, "it is not running", nothingSent: true))
            }
            return
        }
        if !pipe.isWritable, hasTooMuchUnwritten(pipe) {
            if case .request(let id) = kind {
                receiver?.linkFailed(
                    id,
                    UpstreamFailure(.overloaded, "the server does not read its input", nothingSent: true)
                )
            }
            return
        }
        var line = message
        line.writeInteger(UInt8(ascii: "\n"))
        pipe.write(line, promise: nil)
        guard !flushScheduled else { return }
        flushScheduled = true
        eventLoop.execute { [self] in
            flushScheduled = false
            pipe.flush()
        }
    }

    private func hasTooMuchUnwritten(_ pipe: any Channel) -> Bool {
        // Without the figure there is nothing to judge by: then the message is taken.
        let unwritten = try? pipe.syncOptions?.getOption(.bufferedWritableBytes)
        return unwritten ?? 0 > Self.maximumUnwrittenBytes
    }

    package func abandon(_ id: Int64) {}

    package func handshakeCompleted(_ version: ProtocolVersion) {}

    fileprivate func received(_ line: ByteBuffer) {
        checkConfinement()
        guard line.readableBytes > 0 else { return }
        guard state == .starting else {
            receiver?.linkReceived(line, relatedTo: nil)
            return
        }
        // A busy launcher may take its time, and the program need not.
        earlyBytes += line.readableBytes
        if earlyBytes <= settings.maximumMessageBytes { early.append(line) } else { outputUnreadable(Self.tooEarly) }
    }

    fileprivate func showsLife() {
        signsOfLife += 1
    }

    fileprivate func receivedErrorOutput(_ bytes: ByteBuffer) {
        checkConfinement()
        tail.append(bytes, now: eventLoop.now)
        guard let due = tail.heldUntil, tailTimer == nil else { return }
        tailTimer = eventLoop.scheduleTask(deadline: due) { [weak self] in
            guard let self else { return }
            tailTimer = nil
            tail.release(now: eventLoop.now)
        }
    }

    /// Keeps a line that is not a message where an operator will look for it.
    package func noteJunk(_ line: ByteBuffer) {
        var text = ByteBuffer(string: "[stdout] ")
        text.writeImmutableBuffer(line.getSlice(at: line.readerIndex, length: min(line.readableBytes, 200)) ?? line)
        text.writeInteger(UInt8(ascii: "\n"))
        receivedErrorOutput(text)
    }

    package func noteBrokenAnswer(_ line: ByteBuffer, _ reason: String) {
        noteJunk(line)
        receivedErrorOutput(ByteBuffer(string: "[stdout] the line above answers a call, which has failed: \(reason)\n"))
    }

    // MARK: Closing

    package func close() {
        checkConfinement()
        close(because: UpstreamFailure(.closed, "the server was stopped"))
    }

    /// Ends the process: its input is closed, then it is sent SIGTERM, then its guard kills what is left.
    fileprivate func close(because failure: UpstreamFailure) {
        checkConfinement()
        guard state == .starting || state == .open else { return }
        let wasOpen = state == .open
        state = .closing
        if self.failure == nil { self.failure = failure }
        pipe?.close(mode: .output, promise: nil)
        let grace = wasOpen && failure.code == .closed ? settings.inputClosedGrace : .zero
        eventLoop.scheduleTask(in: .milliseconds(grace.milliseconds)) { [self] in stops?.yield() }
        if failure.code != .closed { report(failure) }
    }

    /// The output cannot be cut into messages any further.
    fileprivate func outputUnreadable(_ failure: UpstreamFailure) {
        if state == .starting { earlyFailure = failure } else { close(because: failure) }
    }

    /// The server has closed its output: it will say nothing more, so it is of no use even if it lives on.
    fileprivate func outputEnded() {
        outputIsOpen = false
        if processHasEnded {
            finish()
            return
        }
        // While it is starting, its last words have not been delivered yet.
        guard state == .open else { return }
        state = .closing
        receiver?.linkEnding()
        // The output of a process that ends closes, too; then its exit status tells more. Once it is asked to end, that
        // tells nothing any more.
        eventLoop.scheduleTask(in: Self.ownEndGrace) { [self] in
            guard !processHasEnded else { return }
            stops?.yield()
            report(failure ?? UpstreamFailure(.processEnded, "it closed its output"))
        }
    }

    fileprivate func errorOutputEnded() {
        tailTimer?.cancel()
        tail.finish()
        stops?.finish()
    }

    /// The process tree has gone. What it said last may still be in the pipe, so its end is waited for.
    private func processEnded(_ outcome: Result<StdioProcess.Ending, UpstreamFailure>) {
        processHasEnded = true
        if failure == nil {
            switch outcome {
            case .success(let ending):
                failure = UpstreamFailure(ending.couldNotRun ? .commandNotRunnable : .processEnded, ending.words)
            case .failure(let reason): failure = reason
            }
        }
        if outputIsOpen {
            eventLoop.scheduleTask(in: Self.endGrace) { [self] in finish() }
        } else {
            finish()
        }
    }

    private func finish() {
        guard state != .closed else { return }
        pipe?.close(promise: nil)
        pipe = nil
        stops?.finish()
        stops = nil
        report(failure ?? UpstreamFailure(.processEnded, "it ended"))
        state = .closed
    }

    private func report(_ failure: UpstreamFailure) {
        let receiver = self.receiver
        self.receiver = nil
        receiver?.linkClosed(failure)
    }
}

/// Cuts a server's standard output into lines.
private final class LineHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var framer: LineFramer
    private let owner: StdioLink

    init(maximumLength: Int, owner: StdioLink) {
        self.framer = LineFramer(maximumLength: maximumLength)
        self.owner = owner
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        framer.append(unwrapInboundIn(data))
        do throws(FramingError) {
            while let line = try framer.next() { owner.received(line) }
        } catch {
            owner.outputUnreadable(UpstreamFailure(.unreadable, "it sent a line longer than \(error.limit) bytes"))
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        owner.outputEnded()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A broken input pipe: the server has gone or is going, which its output tells next.
        context.close(promise: nil)
    }
}

/// Reads a server's standard error for as long as anybody of its process tree has it open.
private final class ErrorOutputHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let owner: StdioLink

    init(owner: StdioLink) {
        self.owner = owner
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        owner.showsLife()
        owner.receivedErrorOutput(unwrapInboundIn(data))
    }

    func channelInactive(context: ChannelHandlerContext) {
        owner.errorOutputEnded()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
