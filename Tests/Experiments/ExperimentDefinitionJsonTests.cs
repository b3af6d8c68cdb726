using System.Text;
using Bandstand.Experiments;
using Bandstand.Ports;
using Bandstand.Statistics.Bayes;

namespace Bandstand.Tests.Experiments;

public class ExperimentDefinitionJsonTests
{
    [Theory]
    [InlineData("thompson", "write {\"policy\": \"bandit\", \"algorithm\": \"thompson\"}")]
    [InlineData("adaptive", "write {\"policy\": \"timestep\", \"decide\": \"adaptive\"}")]
    [InlineData("greedy", "Use one of: fixed, bandit, timestep")]
    public void A_policy_that_is_a_part_of_one_is_told_where_it_belongs(string policy, string remedy)
    {
        var json = $$$"""{"alternatives":[{"key":"a"},{"key":"b"}],"default":"a","metrics":[{"id":"m"}],"allocation":{"policy":"{{{policy}}}"}}""";
        var error = Assert.Single(ExperimentDefinitionJson.Parse("price", System.Text.Encoding.UTF8.GetBytes(json)).Refusal!.Errors);
        Assert.Equal("$.allocation.policy", error.Path);
        Assert.Contains(remedy, error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_said_means_false_and_true_with_two_warnings()
    {
        var definition = Read("{}");
        Assert.Equal([new("false", "false"), new("true", "true")], definition.Alternatives);
        Assert.Equal(("false", "false", "price"), (definition.Default, definition.Control, definition.Name));
        Assert.Equal([new MetricDefinition("price", MetricKind.Conversion, MetricGoal.Increase, Primary: true)], definition.Metrics);
        Assert.Equal(new AssignmentDefinition("growthbook-v2", "price", "id", 1), definition.Assignment);
        Assert.Equal([("default-assumed", "$.default"), ("metrics-assumed", "$.metrics")], definition.Warnings.Select(w => (w.Code, w.Path)));
        Assert.True(definition.Start);
        Assert.Equal(16, definition.Shards);
    }

    [Fact]
    public void Everything_that_is_available_can_be_said()
    {
        var definition = Read(Whole);
        Assert.Equal("Price", definition.Name);
        Assert.Equal([new("a", "19"), new("b", """{"x":[1,"é"]}""", 2), new("c", "null")], definition.Alternatives);
        Assert.Equal(("b", "a"), (definition.Default, definition.Control));
        Assert.Equal(
            [
                new MetricDefinition("signup", MetricKind.Conversion),
                new MetricDefinition("revenue", MetricKind.Value, MetricGoal.Increase, Primary: true) { Rule = new() { Cap = 500, Window = TimeSpan.FromDays(7), Covariate = "spend30d" } },
                new MetricDefinition("errors", MetricKind.Count, MetricGoal.Decrease),
            ],
            definition.Metrics);
        Assert.Equal("revenue", definition.Primary.Id);
        Assert.Equal(new BanditAllocation("thompson", 500, TimeSpan.FromMinutes(90), 0.05, 50), definition.Allocation);
        Assert.Equal(new AssignmentDefinition("growthbook-v2", "s", "user", 0.5), definition.Assignment);
        Assert.Equal(new LayerDefinition("checkout", 0, 0.5), definition.Layer);
        Assert.Equal(new ScoringDefinition("sequential", 0.9), definition.Scoring);
        Assert.Equal(new CompletionDefinition(0.95, 10, 1000, TimeSpan.FromDays(30)), definition.CompleteWhen);
        Assert.Equal("least", definition.Outcome.Rule);
        Assert.Equal([new("a", 2)], definition.Outcome.Handicap!);
        Assert.False(definition.Start);
        Assert.Equal(3, definition.Shards);
        Assert.Empty(definition.Warnings);
    }

    [Fact]
    public void Ratios_and_retention_name_their_events_and_are_written_as_they_were_read()
    {
        const string json = """{"metrics":[{"id":"aov","kind":"ratio","numerator":"revenue","denominator":"order","window":"P7D"},{"id":"back","kind":"retention","numerator":"visit","denominator":"visit","goal":"decrease"},{"id":"revenue","kind":"value"}],"scoring":{"prior":{"aov":{"mean":1,"stdDev":2,"participants":3}}}}""";
        var metrics = Read(json).Metrics;

        Assert.Equal(new MetricDefinition("aov", MetricKind.Ratio, Primary: true) { Rule = new() { Numerator = "revenue", Denominator = "order", Window = TimeSpan.FromDays(7) } }, metrics[0]);
        Assert.Equal(new MetricDefinition("back", MetricKind.Retention, MetricGoal.Decrease) { Rule = new() { Numerator = "visit", Denominator = "visit" } }, metrics[1]);
        Assert.Equal(metrics, Read(ExperimentDefinitionJson.Canonical(Read(json))).Metrics);
    }

    [Fact]
    public void A_timestep_with_a_period_says_that_open_windows_count_as_they_are()
        => Assert.Contains(Read("""{"metrics":[{"id":"a","window":"P7D"}],"allocation":{"policy":"timestep","decide":"adaptive","period":"P1D"}}""").Warnings, warning => warning.Path == "$.allocation.period");

    [Fact]
    public void Priors_are_of_metrics()
    {
        var scoring = Read("""{"metrics":[{"id":"s"},{"id":"r","kind":"value"},{"id":"c","kind":"count"}],"scoring":{"prior":{"s":{"alpha":2,"beta":98},"r":{"mean":12,"stdDev":30,"participants":50},"c":{"mean":1,"stdDev":1,"participants":1,"degreesOfFreedom":7}}}}""").Scoring;
        Assert.Equal(new MetricPrior(Rate: new BetaPrior(2, 98)), scoring.PriorOf("s"));
        Assert.Equal(new MetricPrior(Mean: new NormalPrior(12, 30, 50, 50)), scoring.PriorOf("r"));
        Assert.Equal(new MetricPrior(Mean: new NormalPrior(1, 1, 1, 7)), scoring.PriorOf("c"));
        Assert.Null(scoring.PriorOf("other"));
    }

    [Theory]
    [InlineData("""{"s":{"alpha":1}}""", "missing-field", "$.scoring.prior.s.beta")]
    [InlineData("""{"s":{"alpha":0,"beta":1}}""", "out-of-range", "$.scoring.prior.s.alpha")]
    [InlineData("""{"r":{"mean":1,"stdDev":0,"participants":1}}""", "out-of-range", "$.scoring.prior.r.stdDev")]
    [InlineData("""{"r":{"mean":1,"stdDev":1,"participants":1,"degreesOfFreedom":1}}""", "out-of-range", "$.scoring.prior.r.degreesOfFreedom")]
    [InlineData("""{"x":{"alpha":1,"beta":1}}""", "unknown-metric", "$.scoring.prior.x")]
    public void A_prior_that_makes_no_sense_is_refused(string prior, string code, string path)
        => Refused($$$"""{"metrics":[{"id":"s"},{"id":"r","kind":"value"}],"scoring":{"prior":{{{prior}}}}}""", RefusalKind.Invalid, code, path);

    [Fact]
    public void A_priors_fields_are_those_of_the_metrics_kind()
        => Refused("""{"metrics":[{"id":"s"}],"scoring":{"prior":{"s":{"alpha":1,"beta":1,"mean":1}}}}""", RefusalKind.Malformed, "unknown-field", "$.scoring.prior.s.mean");

    [Theory]
    [InlineData("{}")]
    [InlineData(Whole)]
    [InlineData("""{"allocation":{"policy":"timestep","period":"P1D","winnerShare":1,"decide":"classic","alpha":0.1,"test":"welch","countMultiplier":1}}""")]
    [InlineData("""{"allocation":{"policy":"timestep","decide":"adaptive","certainty":0.5,"spell":30}}""")]
    [InlineData("""{"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}],"allocation":{"policy":"timestep","decide":"adaptive"}}""")]
    [InlineData("""{"allocation":{"policy":"bandit","algorithm":"top-two"}}""")]
    [InlineData("""{"assignment":{"hash":"vanity-md5"},"allocation":{"policy":"fixed"}}""")]
    [InlineData("""{"metrics":[{"id":"s"},{"id":"r","kind":"value"}],"scoring":{"prior":{"r":{"mean":-1,"stdDev":2,"participants":0.5},"s":{"alpha":0.5,"beta":9}}},"completeWhen":{"valueRemaining":0.01}}""")]
    public void What_is_written_reads_back_as_the_same_definition(string json)
    {
        var once = Read(json);
        var canonical = ExperimentDefinitionJson.Canonical(once);
        var twice = Read(canonical);
        Assert.Equal(canonical, ExperimentDefinitionJson.Canonical(twice));
        Assert.Equal(once.Alternatives, twice.Alternatives);
        Assert.Equal(once.Metrics, twice.Metrics);
        Assert.Equal(once.Allocation, twice.Allocation);
        Assert.Equal(once.Layer, twice.Layer);
        Assert.Equal(once.CompleteWhen, twice.CompleteWhen);
        Assert.DoesNotContain(twice.Warnings, w => w.Code != "surprising-setting");
    }

    [Theory]
    [InlineData("""{"alternatives":[{"key":"a"},{"key":"b"}]}""", """{"alternatives":[{"weight":1.0,"key":"a","value":"a"},{"key":"b"}],"default":"a","control":"a","start":true,"description":null}""")]
    [InlineData("""{"outcome":{"handicap":{"true":2,"false":3}}}""", """{"outcome":{"handicap":{"false":3.0,"true":2},"rule":"best"}}""")]
    [InlineData("""{"completeWhen":{"deadline":"P7D"}}""", """{"completeWhen":{"deadline":"P1W"}}""")]
    [InlineData("""{"metrics":[{"id":"m"},{"id":"n"}]}""", """{"metrics":[{"id":"m","primary":true,"guardrail":false},{"id":"n","goal":"increase"}],"segments":[]}""")]
    [InlineData("""{"metrics":[{"id":"m"},{"id":"n","guardrail":true}]}""", """{"metrics":[{"id":"m","primary":true},{"id":"n","guardrail":{"action":"drop","alpha":0.01,"margin":0}}]}""")]
    [InlineData("""{"alternatives":[{"key":"a","value":"é"},{"key":"b"}]}""", """{"alternatives":[{"key":"a","value" : "\u00e9"},{"key":"b"}]}""")]
    public void The_same_meaning_has_the_same_canonical_text(string one, string other)
        => Assert.Equal(ExperimentDefinitionJson.Canonical(Read(one)), ExperimentDefinitionJson.Canonical(Read(other)));

    [Theory]
    [InlineData("""{"alternatives":[{"key":"a"},{"key":"b"}]}""", """{"alternatives":[{"key":"b"},{"key":"a"}]}""")]
    [InlineData("{}", """{"name":"Other"}""")]
    [InlineData("{}", """{"start":false}""")]
    public void Another_meaning_has_another_canonical_text(string one, string other)
        => Assert.NotEqual(ExperimentDefinitionJson.Canonical(Read(one)), ExperimentDefinitionJson.Canonical(Read(other)));

    [Theory]
    [InlineData("", "malformed-json")]
    [InlineData("{", "malformed-json")]
    [InlineData("{} {}", "malformed-json")]
    [InlineData("{/**/}", "malformed-json")]
    [InlineData("""{"name":"a",}""", "malformed-json")]
    [InlineData("[]", "wrong-type", "$")]
    [InlineData("null", "wrong-type", "$")]
    [InlineData("""{"name":1}""", "wrong-type", "$.name")]
    [InlineData("""{"start":"yes"}""", "wrong-type", "$.start")]
    [InlineData("""{"shards":"16"}""", "wrong-type", "$.shards")]
    [InlineData("""{"alternatives":{}}""", "wrong-type", "$.alternatives")]
    [InlineData("""{"alternatives":["a","b"]}""", "wrong-type", "$.alternatives[0]", "$.alternatives[1]")]
    [InlineData("""{"metrics":[[],{"id":"a"}]}""", "wrong-type", "$.metrics[0]")]
    [InlineData("""{"allocation":"bandit"}""", "wrong-type", "$.allocation")]
    [InlineData("""{"colour":1}""", "unknown-field", "$.colour")]
    [InlineData("""{"a b'c":1}""", "unknown-field", @"$['a b\'c']")]
    [InlineData("""{"alternatives":[{"key":"a","wieght":2},{"key":"b"}]}""", "unknown-field", "$.alternatives[0].wieght")]
    [InlineData("""{"outcome":{"rule":"best","rules":1}}""", "unknown-field", "$.outcome.rules")]
    [InlineData("""{"name":"a","name":"b"}""", "duplicate-field", "$.name")]
    [InlineData("""{"outcome":{"handicap":{"true":1,"true":2}}}""", "duplicate-field", "$.outcome.handicap.true")]
    [InlineData("""{"name":"\ud800"}""", "invalid-unicode")]
    [InlineData("""{"\udc00":1}""", "invalid-unicode")]
    public void What_cannot_be_read_is_malformed(string json, string code, params string[] paths)
        => Refused(json, RefusalKind.Malformed, code, paths);

    [Theory]
    [InlineData("""{"name":""}""", "invalid-text", "$.name")]
    [InlineData("""{"name":"a\u0000"}""", "invalid-text", "$.name")]
    [InlineData("""{"shards":0}""", "out-of-range", "$.shards")]
    [InlineData("""{"shards":1025}""", "out-of-range", "$.shards")]
    [InlineData("""{"shards":1.5}""", "out-of-range", "$.shards")]
    [InlineData("""{"shards":1e999}""", "out-of-range", "$.shards")]
    [InlineData("""{"alternatives":[{"key":"a"}]}""", "wrong-count", "$.alternatives")]
    [InlineData("""{"alternatives":[]}""", "wrong-count", "$.alternatives")]
    [InlineData("""{"alternatives":[{"key":"a"},{"key":"a"}]}""", "duplicate-key", "$.alternatives[1].key")]
    [InlineData("""{"alternatives":[{"key":"a"},{"value":"b"}]}""", "missing-field", "$.alternatives[1].key")]
    [InlineData("""{"alternatives":[{"key":"a","weight":0},{"key":"b","weight":-1}]}""", "out-of-range", "$.alternatives[0].weight", "$.alternatives[1].weight")]
    [InlineData("""{"default":"nobody"}""", "unknown-alternative", "$.default")]
    [InlineData("""{"control":"nobody"}""", "unknown-alternative", "$.control")]
    [InlineData("""{"metrics":[]}""", "wrong-count", "$.metrics")]
    [InlineData("""{"metrics":[{"id":"a"},{"id":"a"}]}""", "duplicate-key", "$.metrics[1].id")]
    [InlineData("""{"metrics":[{"kind":"count"}]}""", "missing-field", "$.metrics[0].id")]
    [InlineData("""{"metrics":[{"id":"a","kind":"sum"}]}""", "unknown-word", "$.metrics[0].kind")]
    [InlineData("""{"metrics":[{"id":"a","primary":true},{"id":"b","primary":true}]}""", "several-primaries", "$.metrics[1].primary")]
    [InlineData("""{"metrics":[{"id":"a","kind":"value","cap":0},{"id":"b","kind":"count","cap":1e141}]}""", "out-of-range", "$.metrics[0].cap", "$.metrics[1].cap")]
    [InlineData("""{"metrics":[{"id":"a","window":"PT0.9S"}]}""", "out-of-range", "$.metrics[0].window")]
    [InlineData("""{"metrics":[{"id":"a","window":"P1M"}]}""", "invalid-duration", "$.metrics[0].window")]
    [InlineData("""{"metrics":[{"id":"a","cap":1},{"id":"b","kind":"conversion","cap":1}]}""", "wrong-kind", "$.metrics[0].cap", "$.metrics[1].cap")]
    [InlineData("""{"metrics":[{"id":"a","kind":"ratio"},{"id":"b","kind":"retention","numerator":"n"}]}""", "missing-field", "$.metrics[0].numerator", "$.metrics[0].denominator", "$.metrics[1].denominator")]
    [InlineData("""{"metrics":[{"id":"a","kind":"ratio","numerator":"n","denominator":"n"}]}""", "wrong-kind", "$.metrics[0].denominator")]
    [InlineData("""{"metrics":[{"id":"a","numerator":"n"},{"id":"b","kind":"value","denominator":"n"}]}""", "wrong-kind", "$.metrics[0].numerator", "$.metrics[1].denominator")]
    [InlineData("""{"metrics":[{"id":"a","kind":"ratio","numerator":"a","denominator":"b"},{"id":"b","kind":"retention","numerator":"n","denominator":"n"}]}""", "wrong-kind", "$.metrics[0].numerator", "$.metrics[0].denominator")]
    [InlineData("""{"metrics":[{"id":"s"},{"id":"a","kind":"ratio","numerator":"n","denominator":"d","guardrail":true}]}""", "wrong-kind", "$.metrics[1].guardrail")]
    [InlineData("""{"metrics":[{"id":"a","kind":"retention","numerator":"n","denominator":"d","cap":1,"covariate":"x"}]}""", "wrong-kind", "$.metrics[0].cap", "$.metrics[0].covariate")]
    [InlineData("""{"metrics":[{"id":"a","kind":"retention","numerator":"n","denominator":"d"}],"allocation":{"policy":"timestep","period":"P1D"}}""", "wrong-kind", "$.allocation.period")]
    [InlineData("""{"allocation":{}}""", "missing-field", "$.allocation.policy")]
    [InlineData("""{"allocation":{"policy":"greedy"}}""", "unknown-word", "$.allocation.policy")]
    [InlineData("""{"allocation":{"policy":"bandit","floor":0.51}}""", "floor-too-high", "$.allocation.floor")]
    [InlineData("""{"allocation":{"policy":"bandit","every":{}}}""", "missing-field", "$.allocation.every")]
    [InlineData("""{"allocation":{"policy":"bandit","every":{"period":"P1M"}}}""", "invalid-duration", "$.allocation.every.period")]
    [InlineData("""{"allocation":{"policy":"bandit","every":{"period":"PT0.5S"}}}""", "out-of-range", "$.allocation.every.period")]
    [InlineData("""{"allocation":{"policy":"bandit","by":"country"},"segments":["plan"]}""", "unknown-word", "$.allocation.by")]
    [InlineData("""{"allocation":{"policy":"bandit","by":"country"}}""", "unknown-word", "$.allocation.by")]
    [InlineData("""{"allocation":{"policy":"bandit","by":"country","discount":0.9},"segments":["country"]}""", "not-yet", "$.allocation.by")]
    [InlineData("""{"metrics":[{"id":"a","kind":"ratio","numerator":"n","denominator":"d"}],"allocation":{"policy":"bandit","by":"country"},"segments":["country"]}""", "wrong-kind", "$.allocation.by")]
    [InlineData("""{"metrics":[{"id":"a","kind":"retention","numerator":"n","denominator":"d"}],"allocation":{"policy":"bandit","by":"country"},"segments":["country"]}""", "wrong-kind", "$.allocation.by")]
    [InlineData("""{"allocation":{"policy":"timestep","winnerShare":0}}""", "out-of-range", "$.allocation.winnerShare")]
    [InlineData("""{"allocation":{"policy":"timestep"},"alternatives":[{"key":"a"},{"key":"b"},{"key":"c"}]}""", "classic-needs-two", "$.allocation.decide")]
    [InlineData("""{"assignment":{"hash":"sha1"}}""", "unknown-word", "$.assignment.hash")]
    [InlineData("""{"assignment":{"traffic":1.01}}""", "out-of-range", "$.assignment.traffic")]
    [InlineData("""{"assignment":{"hash":"vanity-md5"},"alternatives":[{"key":"a"},{"key":"b","weight":2}]}""", "vanity-unweighted", "$.alternatives")]
    [InlineData("""{"assignment":{"hash":"vanity-md5"},"allocation":{"policy":"bandit"}}""", "vanity-unweighted", "$.allocation")]
    [InlineData("""{"assignment":{"hash":"vanity-md5"},"allocation":{"policy":"timestep","countMultiplier":1}}""", "vanity-unweighted", "$.allocation")]
    [InlineData("""{"targeting":{"layer":{"name":"l","from":0.5,"to":0.5}}}""", "out-of-range", "$.targeting.layer.to")]
    [InlineData("""{"targeting":{"layer":{"name":"l","from":0.5}}}""", "missing-field", "$.targeting.layer.to")]
    [InlineData("""{"scoring":{"method":"guess"}}""", "unknown-word", "$.scoring.method")]
    [InlineData("""{"scoring":{"confidence":1}}""", "out-of-range", "$.scoring.confidence")]
    [InlineData("""{"completeWhen":{"probability":0.5}}""", "out-of-range", "$.completeWhen.probability")]
    [InlineData("""{"completeWhen":{"deadline":"30 days"}}""", "invalid-duration", "$.completeWhen.deadline")]
    [InlineData("""{"segments":["country","country"]}""", "duplicate-key", "$.segments[1]")]
    [InlineData("""{"segments":["a:b",""]}""", "invalid-text", "$.segments[0]", "$.segments[1]")]
    [InlineData("""{"segments":["1","2","3","4","5","6","7","8","9"]}""", "wrong-count", "$.segments")]
    [InlineData("""{"outcome":{"rule":"worst"}}""", "unknown-word", "$.outcome.rule")]
    [InlineData("""{"metrics":[{"id":"a"},{"id":"b","guardrail":{"margin":1}}]}""", "out-of-range", "$.metrics[1].guardrail.margin")]
    [InlineData("""{"metrics":[{"id":"a"},{"id":"b","guardrail":{"margin":-1,"alpha":0.5}}]}""", "out-of-range", "$.metrics[1].guardrail.margin", "$.metrics[1].guardrail.alpha")]
    [InlineData("""{"metrics":[{"id":"a"},{"id":"b","guardrail":{"action":"stop"}}]}""", "unknown-word", "$.metrics[1].guardrail.action")]
    [InlineData("""{"outcome":{"handicap":{"nobody":2}}}""", "unknown-alternative", "$.outcome.handicap.nobody")]
    [InlineData("""{"outcome":{"handicap":{"true":0}}}""", "out-of-range", "$.outcome.handicap.true")]
    public void What_breaks_a_rule_is_invalid(string json, string code, params string[] paths)
        => Refused(json, RefusalKind.Invalid, code, paths);

    [Theory]
    [InlineData("""{"targeting":{"condition":{"country":"DE"}}}""", "$.targeting.condition")]
    public void What_comes_later_is_refused_as_not_yet(string json, params string[] paths)
        => Refused(json, RefusalKind.Invalid, "not-yet", paths);

    [Fact]
    public void All_errors_are_named_at_once_and_malformed_wins()
    {
        var refusal = Refused(
            """{"name":"","colour":1,"shards":0,"default":"x","outcome":{"handicap":{"y":1}}}""",
            RefusalKind.Malformed,
            "malformed-definition",
            "$.name",
            "$.shards",
            "$.default",
            "$.outcome.handicap.y",
            "$.colour");
        Assert.Contains("4 more", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void No_error_follows_from_an_alternative_that_could_not_be_read()
        => Refused("""{"alternatives":[{"key":"a"},{"key":7}],"default":"b"}""", RefusalKind.Malformed, "wrong-type", "$.alternatives[1].key");

    [Fact]
    public void Limits_are_refused_with_the_figure()
    {
        Refused($$"""{"name":"{{new string('x', 257)}}"}""", RefusalKind.Invalid, "invalid-text", "$.name");
        Refused($$"""{"alternatives":[{"key":"{{new string('x', 65)}}"},{"key":"b"}]}""", RefusalKind.Invalid, "invalid-text", "$.alternatives[0].key");
        Refused($$"""{"alternatives":[{"key":"a","value":"{{new string('x', 65_535)}}"},{"key":"b"}]}""", RefusalKind.Invalid, "too-large", "$.alternatives[0].value");
        Refused($$"""{"metrics":[{"id":"{{new string('日', 86)}}"}]}""", RefusalKind.Invalid, "invalid-text", "$.metrics[0].id");
        Refused("{\"description\":\"" + new string('x', 1 << 20) + "\"}", RefusalKind.TooLarge, "too-large");
        Refused("{\"alternatives\":" + new string('[', 40) + new string(']', 40) + "}", RefusalKind.Malformed, "too-deep");
        Refused(new string('[', 1_000_000), RefusalKind.Malformed, "too-deep");
        Assert.Equal(256, Read(Many(256)).Alternatives.Count);
        Refused(Many(257), RefusalKind.Invalid, "wrong-count", "$.alternatives");
        Assert.Equal(100, Refused("{" + string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"x{i}\":0")) + "}", RefusalKind.Malformed, "unknown-field", [.. Enumerable.Range(0, 100).Select(i => $"$.x{i}")]).Errors.Count);
    }

    [Fact]
    public void Around_the_depth_limit_it_is_taken_or_refused_and_never_fails()
    {
        for (var depth = 1; depth < 40; depth++)
        {
            var value = new string('[', depth) + "1" + new string(']', depth);
            var answer = ExperimentDefinitionJson.Parse("price", Encoding.UTF8.GetBytes($$"""{"alternatives":[{"key":"a","value":{{value}}},{"key":"b"}]}"""));
            Assert.Equal(depth + 3 < DefinitionLimits.Depth ? null : "too-deep", answer.Refusal?.Code);
            if (!answer.IsRefused)
            {
                Assert.NotEmpty(ExperimentDefinitionJson.Canonical(answer.Value));
            }
        }
    }

    [Fact]
    public void Ten_thousand_damaged_definitions_are_taken_or_refused_and_never_fail()
    {
        var random = new Random(7);
        var whole = Encoding.UTF8.GetBytes(Whole);
        string[] inserts = ["\"", "{", "}", "[", "]", ",", ":", "null", "0", "-1", "1e999", "\\ud800", "true", "\"name\":", "\u00ff"];
        var taken = 0;
        for (var round = 0; round < 10_000; round++)
        {
            var text = whole.ToList();
            for (var damage = random.Next(1, 4); damage > 0; damage--)
            {
                var at = random.Next(text.Count);
                switch (random.Next(4))
                {
                    case 0:
                        text.RemoveRange(at, Math.Min(text.Count - at, random.Next(1, 12)));
                        break;
                    case 1:
                        text.InsertRange(at, Encoding.Latin1.GetBytes(inserts[random.Next(inserts.Length)]));
                        break;
                    case 2:
                        text.InsertRange(at, text.GetRange(at, Math.Min(text.Count - at, random.Next(1, 40))));
                        break;
                    default:
                        text[at] = (byte)random.Next(256);
                        break;
                }
            }

            var answer = ExperimentDefinitionJson.Parse("price", text.ToArray());
            if (answer.IsRefused)
            {
                Assert.NotEmpty(answer.Refusal.Detail);
                continue;
            }

            taken++;
            var canonical = ExperimentDefinitionJson.Canonical(answer.Value);
            Assert.Equal(canonical, ExperimentDefinitionJson.Canonical(Read(canonical)));
        }

        Assert.InRange(taken, 50, 5_000);
    }

    [Fact]
    public void Invalid_UTF_8_is_malformed()
    {
        var refusal = ExperimentDefinitionJson.Parse("price", new byte[] { (byte)'{', (byte)'"', 0xC3, (byte)'"', (byte)':', (byte)'1', (byte)'}' }).Refusal;
        Assert.Equal((RefusalKind.Malformed, "invalid-unicode"), (refusal!.Kind, refusal.Code));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("0-_z", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("_a", false)]
    [InlineData("A", false)]
    [InlineData("é", false)]
    [InlineData("a.b", false)]
    [InlineData("a\n", false)]
    public void Ids_follow_their_pattern(string id, bool valid)
    {
        Assert.Equal(valid, ExperimentId.IsValid(id));
        Assert.Equal(valid ? null : "invalid-id", ExperimentDefinitionJson.Parse(id, "{}"u8.ToArray()).Refusal?.Code);
    }

    [Fact]
    public void Ids_have_at_most_63_characters()
    {
        Assert.True(ExperimentId.IsValid(new string('a', 63)));
        Assert.False(ExperimentId.IsValid(new string('a', 64)));
    }

    [Fact]
    public void Settings_that_may_surprise_come_with_a_warning()
    {
        Assert.Equal(["$.allocation.every.assignments"], Surprising("""{"allocation":{"policy":"bandit","every":{"assignments":10}}}"""));
        Assert.Equal(["$.allocation.algorithm"], Surprising("""{"allocation":{"policy":"bandit","algorithm":"top-two"}}"""));
        Assert.Empty(Surprising(Many(3)[..^1] + ",\"allocation\":{\"policy\":\"bandit\",\"algorithm\":\"top-two\"}}"));
        Assert.Equal(["$.allocation.countMultiplier"], Surprising("""{"allocation":{"policy":"timestep"}}"""));
        Assert.Empty(Surprising("""{"allocation":{"policy":"timestep","decide":"adaptive"}}"""));
        Assert.Equal(["$.allocation.alpha"], Surprising("""{"allocation":{"policy":"timestep","decide":"adaptive","alpha":0.1}}"""));
        Assert.Equal(["$.allocation.spell"], Surprising("""{"allocation":{"policy":"timestep","countMultiplier":1,"spell":9}}"""));
        var many = Many(200)[..^1] + ",\"allocation\":{\"policy\":\"bandit\"}}";
        Assert.Equal(["$.allocation.floor"], Surprising(many));
        Assert.Equal(0.0025, ((BanditAllocation)Read(many).Allocation).Floor);
    }

    [Fact]
    public void What_must_be_an_object_is_shown_as_one()
    {
        Assert.Contains("""such as {"policy": "bandit"}""", Told("""{"allocation":"bandit"}"""), StringComparison.Ordinal);
        Assert.Contains("""such as {"assignments": 500} or {"period": "PT15M"}""", Told("""{"allocation":{"policy":"bandit","every":500}}"""), StringComparison.Ordinal);

        static string Told(string json) => ExperimentDefinitionJson.Parse("price", System.Text.Encoding.UTF8.GetBytes(json)).Refusal!.Detail;
    }

    private static IEnumerable<string> Surprising(string json)
        => Read(json).Warnings.Where(w => w.Code == "surprising-setting").Select(w => w.Path);

    private static string Many(int alternatives)
        => "{\"alternatives\":[" + string.Join(',', Enumerable.Range(0, alternatives).Select(i => $$"""{"key":"k{{i}}"}""")) + "]}";

    private static ExperimentDefinition Read(string json) => ExperimentDefinitionJson.Parse("price", Encoding.UTF8.GetBytes(json)).Value;

    private static Refusal Refused(string json, RefusalKind kind, string code, params string[] paths)
    {
        var refusal = ExperimentDefinitionJson.Parse("price", Encoding.UTF8.GetBytes(json)).Refusal;
        Assert.NotNull(refusal);
        Assert.Equal((kind, code), (refusal.Kind, refusal.Code));
        Assert.Equal(paths, refusal.Errors.Select(e => e.Path));
        Assert.All(refusal.Errors, e => Assert.NotEmpty(e.Detail));
        return refusal;
    }

    private const string Whole = """
        { "name": "Price", "description": "two\nlines", "start": false, "shards": 3,
          "alternatives": [ {"key": "a", "value": 19}, {"key": "b", "value": {"x": [1, "é"]}, "weight": 2}, {"key": "c", "value": null} ],
          "default": "b", "control": "a",
          "metrics": [ {"id": "signup"}, {"id": "revenue", "kind": "value", "primary": true, "cap": 500, "window": "P7D", "covariate": "spend30d"}, {"id": "errors", "kind": "count", "goal": "decrease"} ],
          "allocation": {"policy": "bandit", "algorithm": "thompson", "every": {"assignments": 500, "period": "PT1H30M"}, "floor": 0.05, "burnIn": 50},
          "assignment": {"hash": "growthbook-v2", "seed": "s", "hashAttribute": "user", "traffic": 0.5},
          "targeting": {"condition": {}, "layer": {"name": "checkout", "from": 0.0, "to": 0.5}},
          "scoring": {"method": "sequential", "confidence": 0.9},
          "completeWhen": {"probability": 0.95, "participants": 10, "perAlternative": 1000, "deadline": "P30D"},
          "outcome": {"rule": "least", "handicap": {"a": 2}} }
        """;
}
