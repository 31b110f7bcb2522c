// A video the server plays: no camera here, every answer brings its picture.
function makeFilm() {
  const own = {stream: null, isFilm: true};
  own.start = async () => { own.stream = 'film'; };
  own.stop = () => { own.stream = null; };
  own.canRecord = () => false;
  own.endRecording = async () => null;
  own.show = async (url) => {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    return picture;
  };
  return own;
}
