package pades

import (
	"bytes"
	"compress/zlib"
	"image"
	"image/color"
	"image/png"
)

// maxPoints bounds an image: 4 million points are 170 × 170 mm at 300 dpi.
const maxPoints = 4 << 20

// A picture is a PNG that was read.
type picture struct {
	width, height int
	rgb, alpha    []byte
}

func decodeImage(data []byte) (picture, error) {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width <= 0 || config.Height <= 0 || config.Width > maxPoints/config.Height {
		return picture{}, ErrImage
	}
	decoded, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return picture{}, ErrImage
	}
	return newPicture(decoded), nil
}

// newPicture parts colour from transparency. What is wholly transparent gets the
// mean colour of the rest, since readers blend colours of neighbours at the edges.
func newPicture(m image.Image) picture {
	b := m.Bounds()
	p := picture{width: b.Dx(), height: b.Dy()}
	var sum [3]int
	weight := 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c, _ := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
			p.rgb = append(p.rgb, c.R, c.G, c.B)
			p.alpha = append(p.alpha, c.A)
			for i, v := range [3]uint8{c.R, c.G, c.B} {
				sum[i] += int(v) * int(c.A)
			}
			weight += int(c.A)
		}
	}
	p.fillClear(sum, max(weight, 1))
	return p
}

func (p picture) fillClear(sum [3]int, weight int) {
	mean := []byte{byte(sum[0] / weight), byte(sum[1] / weight), byte(sum[2] / weight)}
	for i, a := range p.alpha {
		if a == 0 {
			copy(p.rgb[3*i:], mean)
		}
	}
}

// ratio is width over height.
func (p picture) ratio() float64 { return float64(p.width) / float64(p.height) }

// addImage adds an image with its soft mask (ISO 32000-2 §11.6.5.2).
func (w *writer) addImage(p picture) ref {
	plane := func(space name) dict {
		return dict{
			"Type": name("XObject"), "Subtype": name("Image"), "Width": p.width, "Height": p.height,
			"ColorSpace": space, "BitsPerComponent": 8,
		}
	}
	d := plane("DeviceRGB")
	d["SMask"] = w.add(pack(plane("DeviceGray"), p.alpha))
	return w.add(pack(d, p.rgb))
}

// deflate packs data. The same data gives the same bytes.
func deflate(data []byte) []byte {
	var out bytes.Buffer
	z, err := zlib.NewWriterLevel(&out, zlib.BestCompression)
	if err != nil {
		panic("pades: " + err.Error())
	}
	// A buffer takes everything.
	_, _ = z.Write(data)
	_ = z.Close()
	return out.Bytes()
}
