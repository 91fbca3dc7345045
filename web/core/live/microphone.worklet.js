// Hands the microphone's samples to the page as they come. Plain JavaScript: a worklet is fetched as it is.
class Microphone extends AudioWorkletProcessor {
  process([input]) {
    const samples = input?.[0];
    if (samples) this.port.postMessage(samples.slice());
    return true;
  }
}
registerProcessor("fanlight-microphone", Microphone);
