/// Reads `mcpProxy.limits`.
enum LimitsConversion {
    /// Fills the limits in; keys left out keep their defaults.
    static func limits(in proxy: ObjectReader, _ context: inout ConversionContext) -> Limits {
        var limits = Limits()
        let usual = Limits()
        let reader = proxy.object("limits", scope: .limits, &context)
        if let reader {
            for key in LimitKey.all { read(key, in: reader, into: &limits, &context) }
        }
        readGracePeriod(in: proxy, limits: reader, usual: usual, into: &limits, &context)
        if let reader { checkPairs(limits, reader, &context) }
        return limits
    }

    private static func read(
        _ key: LimitKey, in reader: ObjectReader, into limits: inout Limits, _ context: inout ConversionContext
    ) {
        switch key.target {
        case .count(let property, let range):
            if let value = reader.integer(key.name, in: range, usual: limits[keyPath: property], &context) {
                limits[keyPath: property] = value
            }
        case .size(let property, let range):
            if let value = reader.size(key.name, in: range, usual: limits[keyPath: property], &context) {
                limits[keyPath: property] = value
            }
        case .time(let property, let range):
            if let value = reader.duration(key.name, in: range, usual: limits[keyPath: property], &context) {
                limits[keyPath: property] = value
            }
        }
    }

    /// The grace period may also stand directly under `mcpProxy`.
    private static func readGracePeriod(
        in proxy: ObjectReader, limits reader: ObjectReader?, usual: Limits, into limits: inout Limits,
        _ context: inout ConversionContext
    ) {
        let key = "shutdownGracePeriod"
        guard let node = proxy.node(key) else { return }
        let range = Duration.milliseconds(1)...Duration.seconds(60 * 60)
        let value = proxy.duration(key, in: range, usual: usual.shutdownGracePeriod, &context)
        if reader?.node(key) != nil {
            context.warn(
                "the key has no effect, because limits.\(key) is there as well", at: node.position, proxy.path(key),
                write: "Remove one of the two")
        } else if let value {
            limits.shutdownGracePeriod = value
        }
    }

    /// Limits of which one makes no sense above the other.
    private static func checkPairs(_ limits: Limits, _ reader: ObjectReader, _ context: inout ConversionContext) {
        let times: [(String, Duration, String, Duration)] = [
            ("callTimeout", limits.callTimeout, "maxCallTime", limits.maxCallTime),
            (
                "restartBackoffMinimum", limits.restartBackoffMinimum, "restartBackoffMaximum",
                limits.restartBackoffMaximum
            ),
            ("sessionIdleTimeout", limits.sessionIdleTimeout, "sessionLifetime", limits.sessionLifetime),
        ]
        for (lower, lowerValue, upper, upperValue) in times where lowerValue > upperValue {
            report(lower, DurationText.format(lowerValue), upper, DurationText.format(upperValue), reader, &context)
        }
        if limits.maxHeaderFieldBytes > limits.maxHeaderBytes {
            report(
                "maxHeaderFieldBytes", ByteSizeText.format(limits.maxHeaderFieldBytes), "maxHeaderBytes",
                ByteSizeText.format(limits.maxHeaderBytes), reader, &context)
        }
    }

    private static func report(
        _ lower: String, _ lowerText: String, _ upper: String, _ upperText: String, _ reader: ObjectReader,
        _ context: inout ConversionContext
    ) {
        let written = reader.node(lower) != nil ? lower : upper
        context.error(
            "\(lower) (\(lowerText)) must not be larger than \(upper) (\(upperText))",
            at: reader.node(written)?.position ?? reader.position, reader.path(written),
            write: "Write both, \(lower) as the smaller one")
    }
}
